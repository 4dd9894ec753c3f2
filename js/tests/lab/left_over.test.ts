import type { Session } from '@jupyterlab/services';
import { expect, test } from 'vitest';
import { leftOver } from '../../src/lab/panels/left_over';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const session = (path: string, connections: number, at = '2026-11-29T11:00:00Z'): Session.IModel => ({
  id: path,
  name: '',
  path,
  type: 'trackbook',
  kernel: { id: 'k', name: 'python3', connections, last_activity: at },
});

test('a kernel that no window is connected to is left over', () => {
  const running = [session('trackbook panels a', 0), session('trackbook panels b', 1), session('study.ipynb', 0)];
  expect(leftOver(running, '', false, NOW)).toEqual(['trackbook panels a']);
});

test('one that somebody just began, or whose window is being loaded, is not', () => {
  expect(leftOver([session('trackbook panels a', 0, '2026-11-29T11:59:30Z')], '', false, NOW)).toEqual([]);
  const unknown = { ...session('trackbook panels a', 0), kernel: null };
  expect(leftOver([unknown], '', false, NOW)).toEqual([]);
});

test('of its own kernel a window knows itself whether it is in use', () => {
  const mine = session('trackbook panels a', 0, '2026-11-29T11:59:59Z');
  expect(leftOver([mine], mine.path, true, NOW)).toEqual([]);
  expect(leftOver([mine], mine.path, false, NOW)).toEqual([mine.path]);
  expect(leftOver([session('trackbook panels a', 1)], mine.path, false, NOW)).toEqual([]);
});
