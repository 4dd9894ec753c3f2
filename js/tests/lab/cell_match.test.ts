import { describe, expect, test } from 'vitest';
import type { Cells, RunLine } from '../../src/contract/lab';
import { attemptsByCell, type Heirs } from '../../src/lab/notebook/cell_match';
import { fingerprint } from '../../src/lab/notebook/fingerprint';
import { runLine } from './run_lines';

const CODE = 'lr = 1\n\naccuracy = fit(lr)\naccuracy';
const WHOLE = { id: 'one', source: `%%track base\n${CODE}` };

const ran = (id: string, cellId: string, started = 1): RunLine => runLine({ id, cellId, started });
const told = (code: string, ...attempts: RunLine[]): Cells['cells'][number] => ({
  cellId: attempts[0]?.cellId ?? '',
  cellKey: code,
  code: fingerprint(code),
  attempts,
});
const shown = (...args: Parameters<typeof attemptsByCell>): Record<string, string[]> =>
  Object.fromEntries([...attemptsByCell(...args)].map(([id, runs]) => [id, runs.map((run) => run.id)]));

describe('a run is its cell’s', () => {
  test('by id, whatever is typed there now and wherever the cell stands', () => {
    const cells = [
      { id: 'zero', source: WHOLE.source },
      { id: 'one', source: 'x' },
    ];
    expect(shown(cells, [told(CODE, ran('r', 'one'))])).toEqual({ one: ['r'] });
  });

  test('by the code that ran where the ids are others, as in a copy or an old format', () => {
    const cells = [
      { id: 'new', source: 'import x' },
      { ...WHOLE, id: 'newer' },
    ];
    expect(shown(cells, [told(CODE, ran('r', 'one'))])).toEqual({ newer: ['r'] });
  });

  test('of cells of the same code the first is meant, and none that has runs of its own or is not tracked', () => {
    const cells = [
      { id: 'plain', source: CODE },
      { ...WHOLE, id: 'own' },
      { ...WHOLE, id: 'first' },
      { ...WHOLE, id: 'second' },
    ];
    const runs = [told('other', ran('mine', 'own')), told(CODE, ran('lost', 'gone'))];
    expect(shown(cells, runs)).toEqual({ own: ['mine'], first: ['lost'] });
  });

  test('a run whose code was not kept is nobody’s by its code', () => {
    expect(shown([{ id: 'new', source: '%%track' }], [told('', ran('r', 'gone'))])).toEqual({});
  });

  test('a copy that ran later leaves the first cell its own badge', () => {
    const cells = [WHOLE, { ...WHOLE, id: 'copy' }];
    const runs = [told(CODE, ran('2', 'copy', 2), ran('1', 'one', 1))];
    expect(shown(cells, runs)).toEqual({ copy: ['2', '1'], one: ['1'] });
  });

  test('runs under an old name of the notebook stand after those under its new one', () => {
    const runs = [told('b', ran('new', 'one', 2)), told('a', ran('old', 'one', 1))];
    expect(shown([WHOLE], runs)).toEqual({ one: ['new', 'old'] });
  });
});

describe('a cell that was split', () => {
  const upper = { id: 'upper', source: '%%track base\nlr = 1' };
  const middle = { id: 'middle', source: 'accuracy = fit(lr)' };
  const runs = [told(CODE, ran('r', 'one'))];

  test('leaves its runs to the part that has the line, not to the one that has the id', () => {
    expect(shown([upper, { id: 'one', source: 'accuracy = fit(lr)\naccuracy' }], runs)).toEqual({ upper: ['r'] });
    expect(shown([upper, middle, { id: 'one', source: 'accuracy' }], runs)).toEqual({ upper: ['r'] });
  });

  test('does so too when its parts are edited afterwards, until they are one again', () => {
    const heirs: Heirs = new Map();
    shown([upper, { id: 'one', source: 'accuracy = fit(lr)\naccuracy' }], runs, heirs);
    const edited = [
      { ...upper, source: '%%track\nlr = 2' },
      { id: 'one', source: 'accuracy' },
    ];
    expect(shown(edited, runs, heirs)).toEqual({ upper: ['r'] });
    expect(shown([WHOLE], runs, heirs)).toEqual({ one: ['r'] });
    expect(shown(edited, runs, heirs)).toEqual({ one: ['r'] });
  });

  test('has no other tracked cell above it that takes its runs', () => {
    const cells = [
      { id: 'above', source: '%%track\nother = 1' },
      { id: 'one', source: CODE },
    ];
    expect(shown(cells, runs)).toEqual({ one: ['r'] });
  });
});

test('the sign of a code is that of the server, and knows no white space', () => {
  expect(fingerprint('')).toBe('');
  expect(fingerprint('x = "é"\n\n  y')).toBe(fingerprint('x="é"\ny\t'));
  expect(fingerprint('lr = 0.1\naccuracy')).toBe('e-916ee9e2');
});
