/** Fills one cell of the run table. */
import type { Cell, Column, Course } from '../contract/table';
import { ago } from '../lib/ago';
import { SPARK_WIDTH } from '../lib/widths';
import { element } from './elements';
import { spark } from './spark';

const SPARK_HEIGHT = 16;
const ARROWS: Record<number, string> = { 1: '▲', [-1]: '▼' };
const BADGES: Record<string, string> = { bad: 'bad', warning: 'warning', running: 'running' };

export function isNumeric(column: Column): boolean {
  return column.kind === 'metric' || column.kind === 'took' || column.kind === 'whole';
}

/** equal: what the run cannot be told from by this metric; empty for nothing. */
export function fillCell(
  node: HTMLElement,
  column: Column,
  cell: Cell | undefined,
  course: Course | undefined,
  equal: string,
): void {
  const text = cell?.m !== undefined ? ago(cell.m, Date.now() / 1000) : (cell?.t ?? '');
  node.className = `tb-Cell tb-${column.kind}${isNumeric(column) ? ' tb-right' : ''}`;
  if (cell?.h) node.title = cell.h;
  else node.removeAttribute('title');
  if (column.kind === 'status') {
    node.replaceChildren(...badge(text, cell?.c));
    return;
  }
  if (!course && !cell?.d && !cell?.c && !equal) {
    node.textContent = text;
    return;
  }
  const parts: Node[] = course ? [spark(course, SPARK_WIDTH, SPARK_HEIGHT)] : [];
  parts.push(element('span', { class: `tb-Value${cell?.c === 'warning' ? ' tb-warning' : ''}`, text }));
  if (cell?.c === 'base') parts.push(element('span', { class: 'tb-Delta tb-quiet', text: 'base' }));
  else if (cell?.d) {
    const words = `${ARROWS[cell.a ?? 0] ?? ''}${cell.d}`;
    parts.push(element('span', { class: `tb-Delta tb-${cell.c ?? 'quiet'}`, text: words }));
  }
  if (equal) parts.push(element('span', { class: 'tb-Equal', text: '≈', title: equal }));
  node.replaceChildren(...parts);
}

function badge(text: string, tone: string | undefined): Node[] {
  if (!text) return [];
  const known = BADGES[tone ?? ''];
  return [element('span', { class: known ? `tb-Badge tb-${known}` : 'tb-quiet', text })];
}
