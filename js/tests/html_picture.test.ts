// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';
import { looksWritten } from '../src/parts/html_picture';

afterEach(() => {
  document.head.replaceChildren();
  document.body.replaceChildren();
});

function drawn(html: string): HTMLElement {
  const node = document.createElement('div');
  node.innerHTML = html;
  document.body.append(node);
  return node;
}

test('a copy has the looks that style sheets give, so that a picture needs none', () => {
  const sheet = document.createElement('style');
  sheet.textContent = '.loud { color: rgb(200, 0, 0); white-space: nowrap }';
  document.head.append(sheet);
  const copy = looksWritten(drawn('<p class="loud">worse</p>'));
  const line = copy.querySelector('p');
  expect(line?.style.color).toBe('rgb(200, 0, 0)');
  expect(line?.style.whiteSpace).toBe('nowrap');
  expect(line?.textContent).toBe('worse');
});

test('what could be run is left out, and the page stays as it is', () => {
  const node = drawn('<p>text</p><style>p { color: red }</style>');
  const before = node.innerHTML;
  const copy = looksWritten(node);
  expect(copy.querySelector('style, script')).toBeNull();
  expect(node.innerHTML).toBe(before);
});
