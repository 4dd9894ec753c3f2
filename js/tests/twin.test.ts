// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { hideTwin } from '../src/parts/twin';

test('a living panel hides its twin, and shows it again when it goes', () => {
  const before = document.head.children.length;
  const undo = hideTwin('tb-0123abcd');
  expect(document.head.lastElementChild?.textContent).toContain('tb-0123abcd');
  undo();
  expect(document.head.children.length).toBe(before);
});

test('a name that is none of ours changes nothing', () => {
  const before = document.head.children.length;
  hideTwin('x"] , * { display: none } [y="')();
  expect(document.head.children.length).toBe(before);
});
