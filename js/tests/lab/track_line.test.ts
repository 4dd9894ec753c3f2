import { expect, test } from 'vitest';
import { cellOfRun } from '../../src/lab/notebook/cell_match';
import { applied, toggle, trackLine, untracked } from '../../src/lab/notebook/track_line';

test.each([
  ['%%track\nx = 1', '%%track'],
  ['\n\n%%track net --live\nx = 1', '%%track net --live'],
  ['  %%track\n  x = 1', '  %%track'],
  ['>>> %%track\n>>> x = 1', '>>> %%track'],
  ['%track net\nx = 1', '%track net'],
  ['%%track\n%%time\nx = 1', '%%track'],
  ['%%track', '%%track'],
])('%j asks to be tracked', (source, line) => {
  expect(trackLine(source)?.text).toBe(line);
});

test.each([
  ['x = 1\n%%track', 'something stands above it'],
  ['# note\n%%track\nx = 1', 'a comment stands above it'],
  ['%%tracking\nx', 'another word'],
  ['%%track --help\nx', 'a question'],
  ['%track on\nx = 1', 'a command of its own'],
  ['%track net', 'nothing below it'],
  ['%%time\nx = 1', 'another magic'],
  ['', 'an empty cell'],
])('%j is not tracked: %s', (source) => {
  expect(trackLine(source)).toBeNull();
});

test('a press adds the line above everything, also above another cell magic, and the next press takes it away', () => {
  for (const source of ['x = 1', '%%time\nx = 1', '%%bash\nls', '', '\n\nx']) {
    const tracked = applied(source, toggle(source));
    expect(tracked).toBe(`%%track\n${source}`);
    expect(applied(tracked, toggle(tracked))).toBe(source);
  }
});

test('a line with a name and options goes whole and comes back whole', () => {
  const source = '%%track net --live\n%%time\nx = 1';
  const bare = applied(source, toggle(source));
  expect(bare).toBe('%%time\nx = 1');
  expect(applied(bare, toggle(bare, trackLine(source)?.text))).toBe(source);
});

test('the edit is one replacement and leaves what is below where it is', () => {
  expect(toggle('\n%%track a\nx')).toEqual({ from: 1, to: 11, text: '' });
});

test('a run is led to its cell by id, else by the code that was executed, else nowhere', () => {
  const cells = [
    { id: 'a', source: '%%track\nx = 1' },
    { id: 'b', source: 'y = 2\n' },
  ];
  expect(cellOfRun(cells, 'b', 'x = 1')).toBe(1);
  expect(cellOfRun(cells, 'gone', 'x = 1')).toBe(0);
  expect(cellOfRun(cells, '', 'y = 2')).toBe(1);
  expect(cellOfRun(cells, 'gone', 'z = 3')).toBe(-1);
  expect(cellOfRun(cells, '', '')).toBe(-1);
  expect(untracked('%%track\n\nx')).toBe('x');
});
