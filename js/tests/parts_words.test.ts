// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';
import { english, speak } from '../src/lib/trans';
import { notice } from '../src/parts/notice';
import { prompt } from '../src/parts/prompt';
import { registryDialog } from '../src/parts/registry_dialog';

const german: Record<string, string> = { Undo: 'Rückgängig', Save: 'Sichern', Cancel: 'Abbrechen' };

afterEach(() => speak(english));

const buttons = (node: HTMLElement): (string | null)[] =>
  [...node.querySelectorAll('button')].map((button) => button.textContent);

function shown(): (string | null)[] {
  const said = notice();
  said.show('Promoted.', 'done', () => {});
  const tag = prompt('tag', '', '', () => {});
  const dialog = registryDialog({ plan() {}, decide() {}, cancel() {}, closed() {} });
  return [said.node, tag, dialog.node].flatMap(buttons);
}

test('shared parts speak English in a notebook and the language of the page in JupyterLab', () => {
  expect(shown()).toEqual(['Undo', 'Save', 'Cancel', 'Cancel', '']);
  speak({ ...english, __: (text) => german[text] ?? text });
  expect(shown()).toEqual(['Rückgängig', 'Sichern', 'Abbrechen', 'Abbrechen', '']);
});
