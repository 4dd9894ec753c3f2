// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Ask, Model, Show, Version } from '../src/contract/registry';
import { told } from '../src/contract/registry';
import { readInline, readMarkdown, safeLink } from '../src/lib/registry_markdown';
import { callWith, gatesTitle, stageSince, standing } from '../src/lib/registry_words';
import { markdown } from '../src/parts/registry_markdown';
import { RegistryView } from '../src/parts/registry_view';
import { tabStrip } from '../src/parts/tab_strip';
import { windowedList } from '../src/parts/windowed_list';

const EVIL = '<img src=x onerror=alert(1)>';

function version(change: Partial<Version> = {}): Version {
  return {
    model: 'churn',
    version: 3,
    stage: 'Staging',
    deleted: false,
    since: 1000,
    aliases: ['champion'],
    ways: ['None', 'Production', 'Archived'],
    uri: 'models:/churn/3',
    description: '',
    groups: [
      {
        title: 'metrics',
        facts: [{ name: 'accuracy', cell: { t: '0.914', h: '0.9141', c: 'good', d: '+0.006 better than v2', a: 1 } }],
      },
    ],
    signature: null,
    lineage: [],
    ...change,
  };
}

function model(change: Partial<Model> = {}): Model {
  return {
    name: 'churn',
    description: '',
    versions: [
      { version: 3, stage: 'Staging', deleted: false, aliases: ['champion'], at: 0 },
      { version: 2, stage: 'Production', deleted: false, aliases: [], at: 0 },
    ],
    stages: ['None', 'Staging', 'Production', 'Archived'],
    gated: [],
    ...change,
  };
}

function shown(change: Partial<Show> = {}): Show {
  const line = { name: 'churn', versions: 2, newest: 3, stages: [['Production', [2]]], aliases: [] } as const;
  return {
    tell: 'show',
    models: { lines: [structuredClone(line) as never], sentence: '1 model', text: '' },
    model: model(),
    version: version(),
    call: "tb.registry('churn')",
    ...change,
  };
}

function opened(change: Partial<Show> = {}) {
  const asked: Ask[] = [];
  const view = new RegistryView((ask) => asked.push(ask), 400);
  document.body.append(view.node);
  view.tell(shown(change));
  const press = (name: string) =>
    [...view.node.querySelectorAll('button')].find((each) => each.textContent === name && !each.disabled)?.click();
  return { asked, view, press, last: () => asked.at(-1) };
}

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe('a description', () => {
  it('is read as blocks', () => {
    const blocks = readMarkdown(
      '# Churn\n\nTwo\nlines\n\n- one\n- two\n  more\n\n1. first\n\n```\n# no heading\n```\n> said\n\n---',
    );
    expect(blocks.map((each) => each.kind)).toEqual(['heading', 'paragraph', 'list', 'list', 'code', 'quote', 'rule']);
    expect(blocks[1]).toEqual({ kind: 'paragraph', children: [{ kind: 'text', text: 'Two lines' }] });
    expect(blocks[2]).toMatchObject({ ordered: false, items: [[{ text: 'one' }], [{ text: 'two more' }]] });
    expect(blocks[4]).toEqual({ kind: 'code', text: '# no heading' });
  });

  it.each([
    ['**bold** and *soft*', ['strong', 'text', 'em']],
    ['`a * b`', ['code']],
    ['snake_case_name', ['text']],
    ['2 * 3 * 4', ['text']],
    ['a \\*star\\*', ['text']],
    ['[here](https://a.org)', ['link']],
    ['see https://a.org/b.', ['text', 'link', 'text']],
    ['[no](javascript:alert(1))', ['text']],
    ['[no](data:text/html,x)', ['text']],
  ])('%s has the parts %j', (source, kinds) => {
    expect(readInline(source).map((each) => each.kind)).toEqual(kinds);
  });

  it('has links to web pages only, which learn nothing of this page', () => {
    expect(safeLink('javascript:alert(1)')).toBeNull();
    expect(safeLink('/etc/passwd')).toBeNull();
    const link = markdown('[x](https://a.org/?q="onclick=1)').querySelector('a');
    expect(link?.getAttribute('href')).toBe('https://a.org/?q=%22onclick=1');
    expect(link?.rel).toContain('noopener');
  });

  it('has its markup shown and not run', () => {
    const node = markdown(`# ${EVIL}\n\n${EVIL} \`${EVIL}\` **${EVIL}**\n\n- ${EVIL}\n\n[${EVIL}](https://a.org)`);
    expect(node.querySelector('img, [onerror]')).toBeNull();
    expect(node.textContent).toContain(EVIL);
  });

  it('of a hundred thousand marks is read in a moment', () => {
    const began = performance.now();
    for (const mark of ['*', '_', '`', '[', '**a ', '# ', '> ', '- ']) readMarkdown(mark.repeat(100_000 / mark.length));
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe('words', () => {
  it('say who is where', () => {
    const line = { name: 'a', versions: 2, newest: 2, stages: [], aliases: [] };
    expect(standing(line)).toBe('v2');
    expect(standing({ ...line, newest: 0 })).toBe('no version');
    expect(
      standing({
        ...line,
        stages: [
          ['Staging', [4]],
          ['Production', [3, 2]],
        ],
      }),
    ).toBe('Production v3 v2 · Staging v4');
    expect(stageSince(version({ stage: 'None' }), 0)).toBe('in no stage');
    expect(stageSince(version(), 1000 + 86_400 * 4)).toBe('Staging, since 4\u202fd ago');
    expect(gatesTitle([{ fault: '' }, { fault: 'x' }])).toBe('Gates 1/2');
  });

  it('say what to type in Python', () => {
    expect(callWith("tb.archive('a', 1)", '', false)).toBe("tb.archive('a', 1)");
    expect(callWith("tb.promote('a', 1)", 'say "yes"', true)).toBe(
      'tb.promote(\'a\', 1, reason="say \\"yes\\"", override=True)',
    );
    expect(callWith('', 'why', false)).toBe('');
  });

  it('of others are nothing', () => {
    expect(told({ tell: 'show' })).not.toBeNull();
    for (const other of [null, 'show', {}, { tell: 3 }, { tell: 'table' }]) expect(told(other)).toBeNull();
  });
});

describe('a list', () => {
  it('of ten thousand has only what is seen in the page, and is walked by keys', () => {
    vi.useFakeTimers();
    const chosen: number[] = [];
    const list = windowedList<number>({
      label: 'numbers',
      key: String,
      fill: (node, line) => node.append(String(line)),
      choose: (line) => chosen.push(line),
    });
    list.show(
      Array.from({ length: 10_000 }, (_, at) => at),
      '0',
    );
    expect(list.node.querySelectorAll('[role=option]').length).toBeLessThan(60);
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp'])
      list.node.dispatchEvent(new KeyboardEvent('keydown', { key }));
    expect(list.node.querySelector('[aria-selected=true]')?.textContent).toBe('1');
    expect(chosen).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(chosen).toEqual([1]);
    list.node.dispatchEvent(new KeyboardEvent('keydown', { key: 'End' }));
    list.node.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    expect(chosen).toEqual([1, 9999]);
    list.dispose();
  });
});

describe('a list that is told anew', () => {
  function made(lines: string[], chosen: string) {
    const list = windowedList<string>({
      label: 'names',
      key: (line) => line,
      fill: (node, line) => node.append(line),
      choose: () => {},
    });
    list.show(lines, chosen);
    return list;
  }
  const names = Array.from({ length: 500 }, (_, at) => `m${at}`);

  it('stays where somebody scrolled to, unless another line was chosen', () => {
    const list = made(names, 'm0');
    list.node.scrollTop = 5000;
    list.show([...names], 'm0');
    expect(list.node.scrollTop).toBe(5000);
    list.show([...names], 'm1');
    expect(list.node.scrollTop).toBe(26);
    list.dispose();
  });

  it('does not pull back whoever walks on', () => {
    vi.useFakeTimers();
    const list = made(names, 'm0');
    const down = () => list.node.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }));
    down();
    list.show([...names], 'm0');
    down();
    expect(list.node.querySelector('[aria-selected=true]')?.textContent).toBe('m2');
    vi.advanceTimersByTime(500);
    list.show([...names], 'm2');
    expect(list.node.querySelector('[aria-selected=true]')?.textContent).toBe('m2');
    list.dispose();
  });
});

describe('tabs', () => {
  it('are walked with the arrows, round and round', () => {
    const seen: string[] = [];
    const strip = tabStrip(
      [
        ['a', 'A'],
        ['b', 'B'],
      ] as const,
      (name) => seen.push(name),
    );
    strip.node.querySelector('[role=tablist]')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }));
    expect(seen).toEqual(['b']);
    expect([strip.bodies.a.hidden, strip.bodies.b.hidden]).toEqual([true, false]);
  });
});

describe('the browser', () => {
  it('shows a version and what may be decided about it', () => {
    const { view } = opened();
    expect(view.node.querySelector('.tb-VersionTitle')?.textContent).toBe('churn · version 3');
    expect(view.node.querySelector('.tb-Facts')?.textContent).toContain('▲ +0.006 better than v2');
    const buttons = [...view.node.querySelectorAll('.tb-Deeds button')].map((each) => each.textContent);
    expect(buttons).toEqual(['Promote ▾', 'Archive…', 'Set alias…', 'Roll back…', '⋯']);
  });

  it('shows what would change and asks for the reason before anything is done', () => {
    const { view, press, last, asked } = opened();
    press('Archive…');
    expect(last()).toEqual({ ask: 'plan', turn: 1, what: 'archive', model: 'churn', version: 3, slot: '' });
    const dialog = view.node.querySelector<HTMLFormElement>('.tb-Dialog');
    dialog?.dispatchEvent(new Event('submit', { cancelable: true }));
    expect(asked.some((each) => each.ask === 'do')).toBe(false); // the kernel has not said yet what would change
    const plan = { title: 'Archive', verb: 'Archive', refusal: '', call: '', gates: [], choices: [], slot: '' };
    view.tell({ tell: 'plan', turn: 1, changes: [['version 3', 'Staging', 'Archived']], ...plan });
    const reason = dialog?.querySelector<HTMLInputElement>('.tb-Reason');
    if (reason) reason.value = 'old';
    dialog?.dispatchEvent(new Event('submit', { cancelable: true }));
    expect(last()).toMatchObject({ ask: 'do', turn: 1, reason: 'old', override: false });
    view.tell({ tell: 'closed', turn: 1 });
    expect(dialog?.hidden).toBe(true);
  });

  it('asks for the name of a model that is renamed, and for the stage of an approval', () => {
    vi.useFakeTimers();
    const { view, press, last } = opened();
    const choose = (text: string) => {
      press('⋯');
      [...view.node.querySelectorAll<HTMLElement>('[role=menuitem]')]
        .find((each) => each.textContent?.includes(text))
        ?.click();
    };
    choose('Rename churn…');
    const name = view.node.querySelector<HTMLInputElement>('.tb-DialogSlot input[aria-label="new name"]');
    if (name) name.value = ' leaving ';
    name?.dispatchEvent(new Event('input'));
    vi.advanceTimersByTime(500);
    expect(last()).toMatchObject({ ask: 'plan', turn: 2, what: 'rename', model: 'churn', slot: 'leaving' });
    choose('Approve…');
    const plan = { title: 'Approve', verb: 'Approve', refusal: '', call: '', gates: [], slot: 'Production' };
    view.tell({ tell: 'plan', turn: 3, changes: [['a', 'b', 'c']], choices: ['Production', 'Staging'], ...plan });
    const stage = view.node.querySelector<HTMLSelectElement>('.tb-DialogSlot select[aria-label="stage"]');
    expect([...(stage?.options ?? [])].map((each) => each.value)).toEqual(['Production', 'Staging']);
    if (stage) stage.value = 'Staging';
    stage?.dispatchEvent(new Event('change'));
    expect(last()).toMatchObject({ ask: 'plan', turn: 4, what: 'approve', slot: 'Staging' });
    vi.useRealTimers();
  });

  it('lets failed gates be overridden with a reason only', () => {
    const { view, press } = opened();
    press('Promote ▾');
    [...view.node.querySelectorAll<HTMLElement>('[role=menuitem]')]
      .find((each) => each.textContent?.includes('Production'))
      ?.click();
    const plan = { title: 'Promote', verb: 'Promote', refusal: '', call: '', choices: [], slot: 'Production' };
    view.tell({ tell: 'plan', turn: 1, changes: [['a', 'b', 'c']], gates: ['description'], ...plan });
    const button = view.node.querySelector<HTMLButtonElement>('.tb-Dialog button[type=submit]');
    expect(button?.disabled).toBe(true);
    view.tell({ tell: 'gates', turn: 1, results: [{ gate: 'description', fault: `It has none ${EVIL}` }] });
    expect(view.node.querySelector('.tb-Gates')?.textContent).toContain('✗ failed');
    expect(button?.disabled).toBe(true);
    const tick = view.node.querySelector<HTMLInputElement>('.tb-Dialog input[type=checkbox]');
    const reason = view.node.querySelector<HTMLInputElement>('.tb-Reason');
    if (!tick || !reason) throw new Error('no way to override');
    tick.checked = true;
    tick.dispatchEvent(new Event('input'));
    expect(button?.disabled).toBe(true);
    reason.value = 'urgent';
    reason.dispatchEvent(new Event('input'));
    expect(button?.disabled).toBe(false);
    expect(button?.textContent).toBe('Promote all the same');
    expect(view.node.querySelector('img')).toBeNull();
  });

  it('lists gates while they are tried: what each said, how long the one takes, which wait', () => {
    vi.useFakeTimers();
    const { view, press } = opened();
    press('Promote ▾');
    view.node.querySelector<HTMLElement>('[role=menuitem]')?.click();
    const plan = { title: 'Promote', verb: 'Promote', refusal: '', call: '', choices: [], slot: 'Production' };
    const gates = ['signature', 'loads', 'ours'];
    const lines = () =>
      [...view.node.querySelectorAll('.tb-Dialog .tb-Gates > *')].map((each) =>
        [...each.children].map((part) => part.textContent).join(' | '),
      );
    view.tell({ tell: 'plan', turn: 1, changes: [['a', 'b', 'c']], gates, ...plan });
    expect(lines()).toEqual(['waiting | signature | ', 'waiting | loads | ', 'waiting | ours | ']);
    const passed = { gate: 'signature', fault: '' };
    view.tell({ tell: 'gates', turn: 1, trying: 'loads', place: 2, count: 3, results: [passed] });
    expect(lines()).toEqual(['✓ passed | signature | ', 'trying… | loads | 2 of 3', 'waiting | ours | ']);
    vi.advanceTimersByTime(2000);
    expect(lines()[1]).toBe('trying… | loads | 2 of 3, for 2 s');
    const button = view.node.querySelector<HTMLButtonElement>('.tb-Dialog button[type=submit]');
    expect(button?.disabled).toBe(true);
    const results = gates.map((gate) => ({ gate, fault: '' }));
    view.tell({ tell: 'gates', turn: 1, results });
    expect(lines()).toEqual(gates.map((gate) => `✓ passed | ${gate} | `));
    expect(button?.disabled).toBe(false);
    button?.click(); // they are tried again with the decision itself
    view.tell({ tell: 'gates', turn: 1, trying: 'ours', place: 3, count: 3 });
    expect(lines()).toEqual(['✓ passed | signature | ', '✓ passed | loads | ', 'trying… | ours | 3 of 3']);
    view.tell({ tell: 'refused', turn: 1, text: 'The store is held.', gates: false });
    expect(lines()).toEqual(gates.map((gate) => `✓ passed | ${gate} | `));
    button?.click();
    view.tell({ tell: 'gates', turn: 1, trying: 'ours', place: 3, count: 3 });
    view.dispose();
    vi.advanceTimersByTime(500);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tries the gates of a stage in their tab, and counts them once all were tried', () => {
    const { view, press, last } = opened({ model: model({ gated: ['Production'] }) });
    const tab = () =>
      [...view.node.querySelectorAll('[role=tab]')].find((each) => each.textContent?.startsWith('Gates'));
    const list = () => view.node.querySelector('.tb-TabBody .tb-Gates');
    press('Try the gates');
    expect(last()).toMatchObject({ ask: 'gates', version: 3, slot: 'Production' });
    const about = { tell: 'gates', turn: 0, model: 'churn', version: 3, stage: 'Production' } as const;
    const failed = { gate: 'signature', fault: 'It has none.' };
    view.tell({ ...about, trying: 'signature', place: 1, count: 2, results: [] });
    view.tell({ ...about, trying: 'loads', place: 2, count: 2, results: [failed] });
    expect(list()?.textContent).toBe('✗ failedsignatureIt has none.trying…loads2 of 2');
    expect(tab()?.textContent).toBe('Gates');
    view.tell({ ...about, results: [failed, { gate: 'loads', fault: '' }] });
    expect(tab()?.textContent).toBe('Gates 1/2');
    view.tell(shown({ model: model({ gated: ['Production'] }) }));
    expect(tab()?.textContent).toBe('Gates 1/2');
    view.tell(shown({ model: model({ gated: ['Production'] }), version: version({ description: 'retrained' }) }));
    expect([tab()?.textContent, list()?.textContent]).toEqual(['Gates', '']);
    view.tell({ ...about, fault: 'trackbook.toml is no TOML.' });
    expect(list()?.textContent).toBe('trackbook.toml is no TOML.');
    expect(tab()?.textContent).toBe('Gates');
    view.dispose();
  });

  it('says in the dialog why nothing can be decided', () => {
    const { view, press } = opened();
    press('Archive…');
    view.tell({ tell: 'refused', turn: 1, text: 'trackbook.toml is no TOML.', gates: false });
    expect(view.node.querySelector('.tb-DialogTitle')?.textContent).toBe('This cannot be decided now');
    expect(view.node.querySelector('.tb-DialogFault')?.textContent).toBe('trackbook.toml is no TOML.');
  });

  it('forgets a dialog that Escape closed, whatever is still said about it', () => {
    const { view, press, last } = opened();
    press('Archive…');
    view.node
      .querySelector('.tb-Dialog')
      ?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    expect(last()).toEqual({ ask: 'cancel' });
    expect(view.node.querySelector<HTMLElement>('.tb-Dialog')?.hidden).toBe(true);
    const plan = { title: 'late', verb: 'x', refusal: '', call: '', gates: [], choices: [], slot: '' };
    view.tell({ tell: 'plan', turn: 1, changes: [], ...plan });
    expect(view.node.querySelector<HTMLElement>('.tb-Dialog')?.hidden).toBe(true);
  });

  it('keeps what is being written when somebody else decides something', () => {
    const { view, press } = opened();
    press('Describe…');
    const area = view.node.querySelector('textarea');
    if (!area) throw new Error('nothing to write in');
    area.value = 'half a sentence';
    view.tell(shown({ version: version({ stage: 'Production' }) }));
    expect(view.node.querySelector('textarea')?.value).toBe('half a sentence');
  });

  it('says after a while that the kernel has not answered, and no longer once it has', () => {
    vi.useFakeTimers();
    const { view, press } = opened();
    const waiting = view.node.querySelector<HTMLElement>('.tb-Waiting');
    press('Archive…');
    expect(waiting?.hidden).toBe(true);
    vi.advanceTimersByTime(2000);
    expect(waiting?.hidden).toBe(false);
    view.tell(shown());
    expect(waiting?.hidden).toBe(true);
    view.dispose();
  });

  it('offers to restore a deleted version, and nothing that it cannot do', () => {
    const { view } = opened({ version: version({ deleted: true, ways: [] }) });
    const buttons = [...view.node.querySelectorAll('.tb-Deeds button')].map((each) => each.textContent);
    expect(buttons).toEqual(['Restore…', 'Roll back…']);
  });

  it('lists its keys, and Escape takes the list away', () => {
    const { view } = opened();
    const press = (key: string) => view.node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    press('?');
    expect(view.node.querySelector('.tb-Keys')?.textContent).toContain('search models');
    press('Escape');
    expect(view.node.querySelector('.tb-Keys')).toBeNull();
  });

  it('has markup in every field shown and not run', () => {
    const cell = { t: EVIL, h: EVIL, d: EVIL, c: 'good' };
    const { view } = opened({
      models: {
        lines: [{ name: EVIL, versions: 1, newest: 1, stages: [[EVIL, [1]]], aliases: [[EVIL, 1]] }],
        sentence: EVIL,
        text: EVIL,
      },
      model: model({
        name: EVIL,
        gated: [EVIL],
        versions: [{ version: 1, stage: EVIL, deleted: false, aliases: [EVIL], at: 0 }],
      }),
      version: version({
        model: EVIL,
        stage: EVIL,
        aliases: [EVIL],
        ways: [EVIL],
        description: EVIL,
        groups: [{ title: EVIL, facts: [{ name: EVIL, cell }] }],
        signature: [[EVIL, EVIL, EVIL, EVIL]],
        lineage: [{ kind: EVIL, text: EVIL, hover: EVIL }],
      }),
      call: EVIL,
    });
    const moment = { seq: 1, at: 0, exact: EVIL, who: EVIL, words: EVIL, reason: EVIL, place: EVIL, versions: [3] };
    view.tell({ tell: 'history', entries: [moment], more: 3 });
    view.tell({
      tell: 'compared',
      fault: '',
      a: 1,
      b: 3,
      summary: EVIL,
      nothing: false,
      rows: [{ what: EVIL, name: EVIL, a: cell, b: cell }],
      codes: [{ title: EVIL, lines: [`+${EVIL}`], more: 0 }],
    });
    view.tell({ tell: 'gates', turn: 0, model: EVIL, version: 3, stage: EVIL, results: [{ gate: EVIL, fault: EVIL }] });
    view.tell({ tell: 'notice', text: EVIL, tone: 'done', undo: true });
    expect(view.node.querySelector('img, [onerror]')).toBeNull();
    expect(view.node.textContent?.split(EVIL).length).toBeGreaterThan(20);
  });
});
