/** The title of one column: a click sorts, a drag moves it, its right edge widens it, a right click offers all of that. */
import type { Column } from '../contract/table';
import { element } from './elements';
import { isNumeric } from './table_cell';

export interface TitleWishes {
  sort(key: string, add: boolean): void;
  /** Puts a column where another one is. */
  move(key: string, to: number): void;
  /** Puts a column where the pointer has dragged it; `done` when it is let go. */
  drag(key: string, clientX: number, done: boolean): void;
  /** Widens a column to so many pixels; `done` when the edge is let go. */
  widen(key: string, width: number, done: boolean): void;
  /** Widens a column by a step, or narrows it. */
  widenBy(key: string, step: number): void;
  /** Makes a column as wide as what is in it. */
  fit(key: string): void;
  hide(key: string): void;
  menu(column: Column, at: MouseEvent): void;
}

export interface ColumnTitle {
  readonly node: HTMLElement;
  readonly press: HTMLButtonElement;
  show(column: Column): void;
}

const DRAG_FROM = 6; // pixels; less is a click

export function columnTitle(key: string, wishes: TitleWishes): ColumnTitle {
  const words = element('span', { class: 'tb-Words' });
  const order = element('span', { class: 'tb-Order' });
  const press = element('button', { type: 'button' }, words, order);
  const grip = element('span', { class: 'tb-Grip', title: 'Drag to widen; a double click fits' });
  const node = element('div', { role: 'columnheader' }, press, grip);
  let said = '';
  let dragged = false;

  function show(column: Column): void {
    const now = JSON.stringify({ ...column, typed: '' });
    if (now === said) return;
    said = now;
    const [rank, down] = column.sort;
    node.className = `tb-Cell tb-Title${isNumeric(column) ? ' tb-right' : ''}`;
    node.setAttribute('aria-sort', rank === 0 ? 'none' : down ? 'descending' : 'ascending');
    const better = column.better ? `; ${column.better} is better` : '';
    press.title = `${column.key}${better}\nclick sorts, Shift+click adds a key, drag moves, right click for more`;
    words.textContent = column.title;
    order.textContent = rank > 0 ? `${down ? '▾' : '▴'}${rank > 1 ? rank : ''}` : '';
    node.oncontextmenu = (event) => {
      if (event.shiftKey) return; // JupyterLab's own way to the browser's menu
      event.preventDefault();
      event.stopPropagation();
      wishes.menu(column, event);
    };
  }

  press.addEventListener('pointerdown', () => {
    dragged = false;
  });
  press.addEventListener('click', (event) => {
    if (!dragged) wishes.sort(key, event.shiftKey);
  });
  followed(press, DRAG_FROM, (_, now, done) => {
    dragged = true;
    node.classList.toggle('tb-dragged', !done);
    wishes.drag(key, now, done);
  });
  let width = 0;
  grip.addEventListener('pointerdown', () => {
    width = node.offsetWidth;
  });
  followed(grip, 1, (moved, _, done) => wishes.widen(key, width + moved, done));
  grip.addEventListener('dblclick', () => wishes.fit(key));
  return { node, press, show };
}

/** Follows the pointer from where it is pressed on a node until it is let go, once it has moved `least` pixels. */
function followed(
  node: HTMLElement,
  least: number,
  follow: (moved: number, clientX: number, done: boolean) => void,
): void {
  let began = 0;
  let state: 'up' | 'down' | 'moving' = 'up';
  node.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    [began, state] = [event.clientX, 'down'];
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener('pointermove', (event) => {
    const moved = event.clientX - began;
    if (state === 'down' && Math.abs(moved) >= least) state = 'moving';
    if (state === 'moving') follow(moved, event.clientX, false);
  });
  const end = (event: PointerEvent) => {
    if (state === 'moving') follow(event.clientX - began, event.clientX, true);
    state = 'up';
  };
  node.addEventListener('pointerup', end);
  node.addEventListener('pointercancel', end);
}
