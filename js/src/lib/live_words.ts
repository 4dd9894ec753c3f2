/** What a live panel says of how far its run is. Twin of `progress_words` in views/live/facts.py. */
import type { Facts } from '../contract/live';
import { duration, number } from './numbers';

/** 0 to 1; null when nobody knows how much there is to do. */
export function progressShare(facts: Facts): number | null {
  return facts.total ? Math.min(1, facts.done / facts.total) : null;
}

/** `epoch 13 of 50`; empty when nothing tells. */
export function progressCount(facts: Facts): string {
  if (!facts.total && facts.done === 0) return '';
  const what = facts.label || facts.unit;
  return facts.total ? `${what} ${number(facts.done)} of ${number(facts.total)}` : `${what} ${number(facts.done)}`;
}

/** `26 % · about 6 min left`; empty when nobody knows how much there is to do. */
export function progressRest(facts: Facts): string {
  const share = progressShare(facts);
  if (share === null) return '';
  const percent = `${Math.floor(100 * share)}\u202f%`;
  const isUnderWay = facts.status === 'RUNNING' && facts.left !== null && share < 1;
  return isUnderWay ? `${percent} · about ${duration(facts.left ?? 0)} left` : percent;
}

/** The stop button: its words, whether it can be pressed, and what it asks of the kernel. */
export function stopButton(facts: Facts): { text: string; kind: 'stop' | 'interrupt'; enabled: boolean } {
  const { asks, asked, stopped } = facts.stop;
  if (stopped) return { text: 'Stopped', kind: 'stop', enabled: false };
  if (asks && asked) return { text: 'Stops after this step…', kind: 'stop', enabled: false };
  if (asks) return { text: 'Stop after this step', kind: 'stop', enabled: true };
  return { text: 'Interrupt', kind: 'interrupt', enabled: true };
}

/** Reads what was typed for a knob; null when it is no value of its kind. */
export function readKnobText(kind: string, text: string): string | number | null {
  if (kind === 'str') return text;
  const value = Number(text.trim().replace('\u2212', '-'));
  if (text.trim() === '' || Number.isNaN(value)) return null;
  return kind === 'int' && !Number.isInteger(value) ? null : value;
}
