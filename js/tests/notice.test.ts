// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { notice } from '../src/parts/notice';

test('markup in a sentence is shown as text', () => {
  const place = notice();
  place.show('No run is called <img src=x onerror=alert(1)>.');
  expect(place.node.querySelector('img')).toBeNull();
  expect(place.node.textContent).toContain('<img src=x onerror=alert(1)>');
  expect(place.node.hidden).toBe(false);
});

test('undo is offered once and clears the sentence', () => {
  const place = notice();
  let undone = 0;
  place.show('Deleted brave-otter.', 'done', () => {
    undone += 1;
  });
  place.node.querySelector('button')?.click();
  expect(undone).toBe(1);
  expect(place.node.hidden).toBe(true);
});

test('a sentence without a way back has no button', () => {
  const place = notice();
  place.show('The filter ends too soon.');
  expect(place.node.querySelector('button')).toBeNull();
});
