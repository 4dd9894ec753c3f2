import { expect, test } from 'vitest';
import { panelCode, tabId, type Wanted, wantedOf } from '../../src/lab/panels/panel_code';

const EVIL = `'"\\\n"""); import os # \u2028 é 😀`;

test('what is asked goes into Python as one string, whatever is in it', () => {
  const wanted: Wanted = { panel: 'compare', store: EVIL, runs: ['a', EVIL], model: EVIL };
  const [head, call = ''] = panelCode(wanted).split('\n');
  expect(head).toBe('from trackbook.widgets.tab import show_in_tab');
  expect(panelCode(wanted).split('\n')).toHaveLength(2);
  const inner = call.slice('show_in_tab('.length, -1);
  expect(JSON.parse(JSON.parse(inner))).toEqual(wanted);
});

test('the same wish twice is the same tab, another store or other runs another one', () => {
  const one: Wanted = { panel: 'compare', store: 's', runs: ['a'], model: '' };
  expect(tabId(one)).toBe(tabId({ ...one, runs: ['a'] }));
  expect(tabId(one)).not.toBe(tabId({ ...one, runs: ['a', 'b'] }));
  expect(tabId(one)).not.toBe(tabId({ ...one, store: 't' }));
  expect(tabId(one)).not.toBe(tabId({ ...one, panel: 'live' }));
  expect(tabId(one)).not.toBe(tabId({ ...one, model: 'churn' }));
});

test('arguments of a command are read with care', () => {
  expect(wantedOf({ panel: 'live', runId: 'a' }, 'here')).toEqual({
    panel: 'live',
    store: 'here',
    runs: ['a'],
    model: '',
  });
  expect(wantedOf({ panel: 'compare', runIds: ['a', 3, ''], store: 'there' }, 'here')).toEqual({
    panel: 'compare',
    store: 'there',
    runs: ['a'],
    model: '',
  });
  expect(wantedOf({ panel: 'registry', model: 'churn', version: 3 }, '')).toEqual({
    panel: 'registry',
    store: '',
    runs: [],
    model: 'churn',
  });
  expect(wantedOf({ panel: 'others' }, 'here')).toBeNull();
});
