/** The left of the registry browser: the models with a search above them, and the versions of the chosen one. */
import type { Model, ModelLine, Models, VersionLine } from '../contract/registry';
import { ago } from '../lib/ago';
import { stageOf, standing } from '../lib/registry_words';
import { element } from './elements';
import { windowedList } from './windowed_list';

const PAUSE = 150;

export interface ListsWishes {
  search(text: string): void;
  choose(model: string, version: number): void;
}

export interface RegistryLists {
  readonly node: HTMLElement;
  showModels(models: Models, chosen: string): void;
  showVersions(model: Model | null, chosen: number): void;
  focusSearch(): void;
  dispose(): void;
}

export function registryLists(wishes: ListsWishes): RegistryLists {
  const search = element('input', {
    type: 'search',
    class: 'tb-Search',
    placeholder: 'search models ( / )',
    'aria-label': 'search models',
    spellcheck: 'false',
  });
  const sentence = element('div', { class: 'tb-quiet tb-Sentence', 'aria-live': 'polite' });
  const models = windowedList<ModelLine>({
    label: 'registered models',
    key: (line) => line.name,
    fill: fillModel,
    choose: (line) => wishes.choose(line.name, 0),
  });
  let shown = '';
  const title = element('div', { class: 'tb-ListTitle' });
  const versions = windowedList<VersionLine>({
    label: 'versions',
    key: (line) => `${shown}/${line.version}`, // version 3 of another model is another one
    fill: fillVersion,
    choose: (line) => wishes.choose(shown, line.version),
  });
  const node = element('div', { class: 'tb-RegistryLists' }, search, sentence, models.node, title, versions.node);
  models.node.classList.add('tb-Models');
  versions.node.classList.add('tb-Versions');
  let timer = 0;
  search.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => wishes.search(search.value), PAUSE);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      models.node.focus();
    } else if (event.key === 'Escape' && search.value) {
      event.stopPropagation();
      search.value = '';
      wishes.search('');
    }
  });
  return {
    node,
    showModels(told, chosen) {
      sentence.textContent = told.sentence;
      models.show(told.lines, chosen);
    },
    showVersions(model, chosen) {
      shown = model?.name ?? '';
      title.textContent = model ? `versions of ${model.name}` : '';
      versions.show(model?.versions ?? [], `${shown}/${chosen}`);
    },
    focusSearch: () => search.focus(),
    dispose: () => {
      window.clearTimeout(timer);
      models.dispose();
      versions.dispose();
    },
  };
}

function fillModel(node: HTMLElement, line: ModelLine): void {
  const aliases = line.aliases.map(([alias, version]) => `@${alias} v${version}`).join(' ');
  node.title = [line.name, standing(line), aliases].filter(Boolean).join(' · ');
  node.append(
    element('span', { class: 'tb-LineName', text: line.name }),
    element('span', { class: 'tb-LineNote', text: standing(line) }),
  );
}

function fillVersion(node: HTMLElement, line: VersionLine): void {
  const aliases = line.aliases.map((alias) => `@${alias}`).join(' ');
  const stage = stageOf(line);
  node.append(
    element('span', { class: 'tb-LineName', text: `version ${line.version}` }),
    element('span', { class: 'tb-LineNote', text: [stage, aliases].filter(Boolean).join(' ') }),
    element('span', { class: 'tb-LineTime tb-quiet', text: ago(line.at, Date.now() / 1000) }),
  );
  node.title = [`version ${line.version}`, stage || 'in no stage', aliases].filter(Boolean).join(' · ');
}
