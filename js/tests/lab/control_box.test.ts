// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import type { Control } from '../../src/contract/lab';
import { attemptsTable } from '../../src/lab/notebook/attempts_table';
import { controlBox } from '../../src/lab/notebook/control_box';
import { english } from '../../src/lib/trans';
import { runLine } from './run_lines';

const CONTROL: Control = {
  asks: true, stopRequested: false, stopped: false, done: 13, total: 50,
  knobs: [{ name: 'lr', default: 0.1, value: 0.1 }, { name: 'augment', default: true, value: true }],
}; // biome-ignore format: facts
const EVIL = '<img src=x onerror="alert(1)">';

function made(control: Partial<Control> = {}) {
  const hand = { stop: vi.fn(), interrupt: vi.fn(), turn: vi.fn(), complain: vi.fn() };
  const box = controlBox(hand, english);
  document.body.replaceChildren(box.node);
  box.show({ ...CONTROL, ...control });
  const stop = box.node.querySelector<HTMLButtonElement>('.tb-ControlStop');
  const input = box.node.querySelector('input');
  const form = box.node.querySelector('form');
  if (!stop || !input || !form) throw new Error('the box is not whole');
  return { ...hand, box, stop, input, form };
}

function type(input: HTMLInputElement, form: HTMLFormElement, text: string): void {
  input.value = text;
  input.dispatchEvent(new Event('input'));
  form.dispatchEvent(new Event('submit'));
}

test('a loop that asks is stopped after its step; one that does not can only be interrupted', () => {
  const asking = made();
  expect(asking.box.node.textContent).toContain('13 of 50 · 26\u202f%');
  asking.stop.click();
  expect(asking.stop.textContent).toBe('Stop after this step');
  expect(asking.stop).toBeTruthy();
  expect(asking.stop.disabled).toBe(false);
  const silent = made({ asks: false });
  silent.stop.click();
  expect(silent.interrupt).toHaveBeenCalledOnce();
  expect(asking.stop.dataset.kind).toBe('stop');
  const asked = made({ stopRequested: true });
  expect([asked.stop.disabled, asked.stop.textContent]).toEqual([true, 'Stops after this step…']);
});

test('a knob takes a number, a minus as it is typeset too, and says what is none', () => {
  const { input, form, turn, complain } = made();
  type(input, form, '\u22120.5');
  expect(turn).toHaveBeenCalledWith('lr', -0.5);
  type(input, form, 'fast');
  expect(complain).toHaveBeenCalledWith('lr needs a number, and “fast” is none.');
  expect(turn).toHaveBeenCalledOnce();
});

test('what somebody is typing stays while the run goes on', () => {
  const { box, input } = made();
  input.value = '0.0';
  input.dispatchEvent(new Event('input'));
  box.show({ ...CONTROL, done: 14 });
  expect(input.value).toBe('0.0');
  expect(box.node.querySelector('input')).toBe(input);
});

test('a switch stays as it was turned until the loop has it, and goes back when the loop never takes it', () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
  const { box, turn } = made();
  const tick = box.node.querySelector<HTMLInputElement>('input[type=checkbox]') as HTMLInputElement;
  tick.click();
  expect(turn).toHaveBeenCalledWith('augment', false);
  box.show({ ...CONTROL, done: 14 });
  expect(tick.checked).toBe(false);
  clock.mockReturnValue(4000);
  box.show({ ...CONTROL, done: 99 });
  expect(tick.checked).toBe(true);
  clock.mockRestore();
});

test('the table of attempts shows names as text, numbers them and opens the run of a row', () => {
  const open = vi.fn();
  const failed = runLine({ id: 'run-6', name: EVIL, attempt: 6, status: 'FAILED', metric: null, error: EVIL });
  const table = attemptsTable([runLine(), failed], open, english, 1060);
  expect(table.querySelector('img')).toBeNull();
  expect(table.textContent).toContain(EVIL);
  expect([...table.querySelectorAll('tbody td:first-child')].map((each) => each.textContent)).toEqual(['#7', '#6']);
  expect(table.textContent).toContain('1\u202fmin ago');
  table.querySelectorAll('button')[1]?.click();
  expect(open).toHaveBeenCalledWith(failed);
});
