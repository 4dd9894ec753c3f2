// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { fitFigures } from '../src/parts/fit_figures';

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

function panel(): { strip: HTMLElement; figure: HTMLElement } {
  const root = document.createElement('div');
  const holder = document.createElement('div');
  const strip = document.createElement('div');
  const figure = document.createElement('div');
  holder.append(strip);
  root.append(holder, figure);
  document.body.append(root);
  return { strip, figure };
}

function render(element: HTMLElement): void {
  document.dispatchEvent(new CustomEvent('plotlywidget-after-render', { detail: { element } }));
}

test('a figure that has come is told to take its width', () => {
  const { strip, figure } = panel();
  const told = vi.fn();
  window.addEventListener('resize', told);
  const undo = fitFigures(strip);
  render(figure);
  expect(told).toHaveBeenCalledTimes(1);
  undo();
  render(figure);
  expect(told).toHaveBeenCalledTimes(1);
  window.removeEventListener('resize', told);
});

test('it is hidden until plotly has plotted it anew, and never for ever', () => {
  vi.useFakeTimers();
  const { strip, figure } = panel();
  const undo = fitFigures(strip);
  render(figure);
  expect(figure.style.visibility).toBe('hidden');
  vi.advanceTimersByTime(1000);
  expect(figure.style.visibility).toBe('');
  undo();
});

test("another panel's figure is left alone", () => {
  const { strip } = panel();
  const undo = fitFigures(strip);
  const other = document.createElement('div');
  document.body.append(other);
  render(other);
  expect(other.style.visibility).toBe('');
  undo();
});
