// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import type { Column, TableTold } from '../src/contract/table';
import { told } from '../src/contract/table';
import { ago } from '../src/lib/ago';
import { wishOf } from '../src/lib/keys';
import { KnownRows } from '../src/lib/known_rows';
import { rowsInView, scrolledTo, unknownOf, widened } from '../src/lib/rows_in_view';
import { sparkPath } from '../src/lib/spark';
import { columnsInView, type Looks, layOut, scrolledToColumn } from '../src/lib/widths';
import { filterBox } from '../src/parts/filter_box';
import { RunTableView } from '../src/parts/run_table_view';

const EVIL = '<img src=x onerror=alert(1)>';

function column(key: string, kind: Column['kind']): Column {
  return { key, title: key, kind, better: '', sort: [0, false], typed: '' };
}

function table(change: Partial<TableTold> = {}): TableTold {
  return {
    tell: 'table',
    version: 1,
    rows: 2,
    runs: 2,
    total: 2,
    sentence: '2 runs',
    columns: [column('name', 'name'), column('metrics.acc', 'metric')],
    hidden: 0,
    byHand: false,
    filter: '',
    group: '',
    deleted: false,
    baseline: '',
    baselineName: '',
    call: 'tb.run_table()',
    from: 0,
    page: [
      {
        id: 'a',
        name: EVIL,
        level: 0,
        star: true,
        note: EVIL,
        cells: [
          { t: EVIL, h: EVIL },
          { t: '0.9', d: '+0.1', c: 'good', a: 1 },
        ],
      },
      { id: 'b', name: 'b', level: 0, cells: [{ t: 'b' }, { t: '0.8' }] },
    ],
    left: 1,
    shift: 0,
    top: false,
    ...change,
  };
}

describe('what is pure', () => {
  it('says how long ago as Python does', () => {
    expect(ago(1000, 1030)).toBe('just now');
    expect(ago(1000, 1000 + 180)).toBe('3\u202fmin ago');
    expect(ago(1000, 1000 + 7200)).toBe('2\u202fh ago');
    expect(ago(1000, 1000 + 3 * 86_400)).toBe('3\u202fd ago');
    expect(ago(1_700_000_000, 1_800_000_000)).toMatch(/^2023-11-1[45]$/);
  });

  it('draws a gap where a course has none', () => {
    expect(sparkPath([0, 31, null, 31, null], 40, 16)).toBe('M0 15L10 1M30 1h.1');
    expect(sparkPath([], 40, 16)).toBe('');
  });

  it('knows the rows in view and those that must be asked for', () => {
    expect(rowsInView(260, 100, 26, 1000)).toEqual({ from: 10, to: 14 });
    expect(rowsInView(1e9, 100, 26, 1000)).toEqual({ from: 1000, to: 1000 });
    expect(widened({ from: 3, to: 995 }, 20, 1000)).toEqual({ from: 0, to: 1000 });
    expect(unknownOf({ from: 0, to: 10 }, (place) => place < 4 || place > 7)).toEqual({ from: 4, to: 8 });
    expect(unknownOf({ from: 0, to: 10 }, () => true)).toBeNull();
    expect(scrolledTo(0, 100, 260, 26)).toBe(0);
    expect(scrolledTo(20, 0, 260, 26)).toBe(286);
    expect(scrolledTo(5, 100, 260, 26)).toBe(100);
  });

  it('gives columns fixed widths that leave room for a baseline', () => {
    const columns = [column('name', 'name'), column('metrics.acc', 'metric')];
    const template = (looks: Partial<Looks>) =>
      layOut(columns, {
        compared: false,
        grouped: false,
        hasCourse: () => false,
        hasMarks: () => false,
        chosen: {},
        ...looks,
      }).template;
    expect(template({})).toMatch(/^28px minmax\(\d+px, 1fr\) \d+px$/);
    expect(template({ compared: true })).not.toBe(template({}));
    expect(template({ hasCourse: () => true })).not.toBe(template({}));
    expect(template({ chosen: { name: 300, 'metrics.acc': 7 } })).toBe('28px 300px 40px');
  });

  it('draws of many columns those that are in view, beside the first', () => {
    const lefts = [28, 228, ...Array.from({ length: 200 }, (_, at) => 328 + 100 * at)];
    expect(columnsInView(lefts, 0, 1000)).toEqual({ from: 1, to: 9 });
    expect(columnsInView(lefts, 5000, 1000)).toEqual({ from: 51, to: 59 });
    expect(columnsInView(lefts, 1e6, 1000).to).toBe(201);
    expect(columnsInView([28], 0, 1000)).toEqual({ from: 0, to: 0 });
    expect(scrolledToColumn(3, lefts, 0, 1000)).toBe(0);
    expect(columnsInView(lefts, scrolledToColumn(150, lefts, 0, 1000), 1000).to).toBe(151);
    expect(scrolledToColumn(2, lefts, 5000, 1000)).toBe(100);
  });

  it('knows of each row the columns that it was told', () => {
    const known = new KnownRows();
    const cells = (...texts: string[]) => texts.map((t) => ({ t }));
    known.replace({ from: 0, left: 1, rows: [{ id: 'a', level: 0, cells: cells('a', '1', '2') }] });
    expect(known.has(0, { from: 1, to: 3 })).toBe(true);
    expect(known.has(0, { from: 3, to: 4 })).toBe(false);
    known.add({ from: 0, left: 7, rows: [{ id: 'a', level: 0, cells: cells('a', '7') }] });
    expect([1, 2, 7].map((at) => known.at(0)?.cells[at]?.t)).toEqual(['1', '2', '7']);
    known.add({ from: 0, left: 7, rows: [{ id: 'b', level: 0, cells: cells('b', '7') }] });
    expect(known.has(0, { from: 1, to: 3 })).toBe(false);
    known.add({ from: 1, left: 7, rows: [{ id: '', level: 0, cells: [] }] });
    expect(known.has(1, { from: 0, to: 9 })).toBe(true);
    expect([...known.keep({ from: 0, to: 1 })]).toEqual(['b']);
  });

  it('takes only our own words from the wire', () => {
    for (const strange of [null, 7, 'table', {}, { tell: 'eval' }, { tell: 3 }]) expect(told(strange)).toBeNull();
    expect(told({ tell: 'names', text: '', keys: [], more: 0 })).not.toBeNull();
  });

  it('reads keys', () => {
    const pressed = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
    expect(wishOf({ ...pressed, key: 'ArrowDown', shiftKey: true }, 10)).toEqual({ do: 'walk', by: 1, extend: true });
    expect(wishOf({ ...pressed, key: 'z', ctrlKey: true }, 10)).toEqual({ do: 'undo' });
    expect(wishOf({ ...pressed, key: 'c', ctrlKey: true }, 10)).toBeNull();
    expect(wishOf({ ...pressed, key: 'c' }, 10)).toEqual({ do: 'compare' });
    expect(wishOf({ ...pressed, key: 'q' }, 10)).toBeNull();
  });
});

describe('the table', () => {
  function made() {
    const asked: unknown[] = [];
    const view = new RunTableView((ask) => asked.push(ask), 400, { get: () => ({}), set: () => {} });
    document.body.append(view.node);
    return { view, asked };
  }

  it('shows what users typed as text only, and escapes nothing twice', () => {
    const { view } = made();
    view.tell(
      table({ columns: [column(EVIL, 'name'), column(EVIL, 'metric')], group: EVIL, call: EVIL, filter: EVIL }),
    );
    expect(view.node.querySelector('img')).toBeNull();
    expect(view.node.querySelector('.tb-Call')?.textContent).toBe(EVIL);
    view.tell({ tell: 'notice', text: EVIL, tone: 'error', undo: true });
    view.tell({ tell: 'fault', column: '', sentence: EVIL, text: EVIL, position: 3 });
    expect(view.node.querySelector('img')).toBeNull();
    view.dispose();
  });

  it('offers undo, and says so to Python', () => {
    const { view, asked } = made();
    view.tell(table());
    view.tell({ tell: 'notice', text: 'Starred.', tone: 'done', undo: true });
    view.node.querySelector<HTMLButtonElement>('.tb-Notice button')?.click();
    expect(asked).toContainEqual({ ask: 'undo' });
    view.dispose();
    expect(view.node.isConnected).toBe(false);
  });

  it('marks what cannot be told from the best, by name as text', () => {
    const { view } = made();
    view.tell(table());
    view.tell({ tell: 'equal', to: EVIL, marks: { 'metrics.acc': ['b'] } });
    const marks = [...view.node.querySelectorAll<HTMLElement>('.tb-Equal')];
    expect(marks.map((mark) => mark.closest('.tb-Row')?.querySelector('.tb-name')?.textContent)).toEqual(['b']);
    expect(marks[0]?.title).toContain(EVIL);
    view.tell({ tell: 'equal', to: '', marks: {} });
    expect(view.node.querySelector('.tb-Equal')).toBeNull();
    view.dispose();
  });

  it('says how two selected runs compare, as long as these two are selected', () => {
    const { view } = made();
    view.tell(table());
    const said = () => view.node.querySelector<HTMLElement>('.tb-Verdict');
    view.tell({ tell: 'selected', ids: ['a', 'b'], turn: 1 });
    view.tell({ tell: 'verdict', ids: ['b', 'a'], sentence: EVIL });
    expect(said()?.textContent).toBe(EVIL);
    view.tell({ tell: 'selected', ids: ['a'], turn: 1 });
    expect(said()?.hidden).toBe(true);
    view.dispose();
  });

  it('lets no late answer take away what was selected meanwhile', () => {
    const { view, asked } = made();
    view.tell(table());
    const grid = view.node.querySelector<HTMLElement>('[role=grid]');
    const press = (key: string) => grid?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    press(' ');
    press('ArrowDown');
    press(' ');
    expect(asked.at(-1)).toEqual({ ask: 'select', ids: ['a', 'b'], turn: 2 });
    view.tell({ tell: 'selected', ids: ['a'], turn: 1 });
    expect(view.node.querySelector('.tb-Selected')?.textContent).toBe('2 selected');
    view.tell({ tell: 'selected', ids: ['a'], turn: 2 });
    expect(view.node.querySelector('.tb-Selected')?.textContent).toBe('1 selected');
    view.dispose();
  });

  it('says what to do when there is nothing', () => {
    const { view } = made();
    view.tell(table({ rows: 0, runs: 0, total: 0, page: [], sentence: 'There are no runs yet.' }));
    const empty = view.node.querySelector<HTMLElement>('.tb-Empty');
    expect(empty?.hidden).toBe(false);
    expect(empty?.textContent).toContain('%%track');
    view.dispose();
  });
});

describe('the filter box', () => {
  it('marks the place of a fault, also in a long filter', () => {
    const box = filterBox(() => {});
    box.showFault('A value is missing.', `${'x'.repeat(100)}!`, 100);
    const [line, mark] = (box.fault.querySelector('pre')?.textContent ?? '').split('\n');
    expect(line?.[mark?.indexOf('^') ?? -1]).toBe('!');
    box.showFault('', '', 0);
    expect(box.fault.hidden).toBe(true);
  });
});
