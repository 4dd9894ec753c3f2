/** The right of the registry browser: one version, what can be decided about it, and all that is known of it. */
import type { Ask, Compared, Deed, Gates, History, Model, Tab, Version, What } from '../contract/registry';
import { same } from '../lib/known_rows';
import { gatesTitle, stageSince } from '../lib/registry_words';
import { button, element } from './elements';
import { menu, type Popup } from './popup';
import { prompt } from './prompt';
import { compareTab } from './registry_compare';
import { description } from './registry_description';
import { factGroups, lineageList, signatureTable } from './registry_facts';
import { gatesTab } from './registry_gates';
import { historyTab } from './registry_history';
import { tabStrip } from './tab_strip';

const TABS = [
  ['overview', 'Overview'],
  ['signature', 'Signature'],
  ['gates', 'Gates'],
  ['compare', 'Compare'],
  ['lineage', 'Lineage'],
  ['history', 'History'],
] as const;

export interface DetailsWishes {
  send(ask: Ask): void;
  /** Opens the dialog of a decision. */
  decide(deed: Deed, from: HTMLElement): void;
}

export class RegistryDetails {
  readonly node = element('div', { class: 'tb-RegistryDetails' });
  /** Where the dialog of a decision stands. */
  readonly place = element('div');

  private readonly title = element('div', { class: 'tb-VersionTitle' });
  private readonly since = element('div', { class: 'tb-quiet' });
  private readonly buttons = element('div', { class: 'tb-Deeds', role: 'toolbar', 'aria-label': 'decisions' });
  private readonly prompts = element('div');
  private readonly facts = element('div');
  private readonly modelTitle = element('div', { class: 'tb-GroupTitle' });
  private readonly words = description('this version', (text, reason) => {
    if (this.version) this.wishes.send({ ask: 'describe', ...this.chosen(this.version), text, reason });
  });
  private readonly modelWords = description('the model', (text, reason) => {
    if (this.model) this.wishes.send({ ask: 'describe', model: this.model.name, version: 0, text, reason });
  });
  private readonly gates = gatesTab((stage) => {
    if (this.version) this.wishes.send({ ask: 'gates', ...this.chosen(this.version), slot: stage });
  });
  private readonly compare = compareTab((other) => this.ask('compare', other));
  private readonly history = historyTab();
  private readonly tabs = tabStrip<Tab>(TABS, (name) => this.ask(name));
  private readonly body = element('div', { class: 'tb-VersionBody' });
  private readonly none = element('div', { class: 'tb-Empty' });
  private model: Model | null = null;
  private version: Version | null = null;

  constructor(
    private readonly wishes: DetailsWishes,
    private readonly popup: Popup,
  ) {
    const { bodies } = this.tabs;
    bodies.overview.append(this.words.node, this.facts, this.modelTitle, this.modelWords.node);
    bodies.gates.append(this.gates.node);
    bodies.compare.append(this.compare.node);
    bodies.history.append(this.history.node);
    this.body.append(this.title, this.since, this.buttons, this.prompts, this.place, this.tabs.node);
    this.node.append(this.body, this.none);
  }

  show(model: Model | null, version: Version | null, sentence: string): void {
    this.body.hidden = !(model && version);
    this.none.hidden = Boolean(model && version);
    const isOther = this.version?.version !== version?.version || this.version?.model !== version?.model;
    if (isOther) this.prompts.replaceChildren();
    if (!model || !version) {
      [this.model, this.version] = [null, null];
      this.none.replaceChildren(element('p', { text: model ? `${model.name} has no version left.` : sentence }));
      return;
    }
    const [wasModel, wasVersion] = [this.model, this.version];
    [this.model, this.version] = [model, version];
    this.title.textContent = `${model.name} · version ${version.version}`;
    this.showSince();
    if (!same(wasModel, model) || !same(wasVersion, version)) this.draw(model, version);
  }

  /** `3 min ago` goes on. */
  showSince(): void {
    if (!this.version) return;
    const aliases = this.version.aliases.map((alias) => `@${alias}`);
    this.since.textContent = [stageSince(this.version, Date.now() / 1000), ...aliases].join(' · ');
    this.since.title = this.version.uri;
  }

  showHistory(told: History): void {
    this.history.showHistory(told);
  }

  showCompared(told: Compared): void {
    this.compare.showCompared(told);
  }

  showGates(told: Gates): void {
    this.gates.showGates(told);
    if (told.trying !== undefined || told.version !== this.version?.version) return;
    this.tabs.entitle('gates', gatesTitle(told.results ?? null));
  }

  dispose(): void {
    this.gates.dispose();
  }

  /** The first decision that can be made, for the focus. */
  focusDeeds(): void {
    this.buttons.querySelector<HTMLElement>('button:not(:disabled)')?.focus();
  }

  private ask(tab: Tab, other = 0): void {
    this.wishes.send({ ask: 'tab', tab, other });
  }

  private chosen(version: Version): { model: string; version: number } {
    return { model: version.model, version: version.version };
  }

  private draw(model: Model, version: Version): void {
    const had = this.buttons.contains(document.activeElement) ? document.activeElement?.textContent : null;
    this.buttons.replaceChildren(...this.deeds(model, version));
    if (had) [...this.buttons.querySelectorAll('button')].find((each) => each.textContent === had)?.focus();
    this.words.show(`${version.model}/${version.version}`, version.description, !version.deleted);
    this.modelTitle.textContent = `about ${model.name}`;
    this.modelWords.show(model.name, model.description, true);
    this.facts.replaceChildren(factGroups(version.groups));
    this.tabs.bodies.signature.replaceChildren(signatureTable(version.signature));
    this.tabs.bodies.lineage.replaceChildren(lineageList(version.lineage));
    this.gates.show(model, version);
    this.tabs.entitle('gates', gatesTitle(null)); // what was tried is not what is there now
    this.compare.show(model, version);
    this.history.show(model.name, version.version);
  }

  private deeds(model: Model, version: Version): HTMLElement[] {
    const act = (what: What, slot = '') => {
      this.wishes.decide({ what, ...this.chosen(version), slot }, this.buttons);
    };
    if (version.deleted) return [button('Restore…', () => act('restore')), button('Roll back…', () => act('rollback'))];
    const ways = version.ways.filter((stage) => stage !== 'Archived').reverse(); // the furthest first
    const promote = button(
      'Promote ▾',
      () =>
        this.open(
          ways.map((stage) => ({ text: `to ${stage}`, choose: () => act('promote', stage) })),
          promote,
        ),
      {
        'aria-haspopup': 'menu',
        class: 'tb-Button tb-first',
      },
    );
    const archive = button('Archive…', () => act('archive'));
    const more = button('⋯', () => this.open(this.more(model, version, act), more), {
      'aria-haspopup': 'menu',
      'aria-label': 'more decisions',
    });
    promote.disabled = ways.length === 0;
    archive.disabled = !version.ways.includes('Archived');
    return [
      promote,
      archive,
      button('Set alias…', () => act('alias')),
      button('Roll back…', () => act('rollback')),
      more,
    ];
  }

  private more(model: Model, version: Version, act: (what: What, slot?: string) => void) {
    return [
      ...version.aliases.map((alias) => ({ text: `Take @${alias} away…`, choose: () => act('unalias', alias) })),
      { text: 'Approve…', choose: () => act('approve') },
      { text: 'Tag…', choose: () => this.tag(model, version) },
      { text: 'Copy to another model…', choose: () => act('copy') },
      { text: `Rename ${model.name}…`, choose: () => act('rename') },
      { text: `Delete version ${version.version}…`, choose: () => act('delete') },
    ];
  }

  private open(choices: { text: string; choose(): void }[], at: HTMLElement): void {
    const shown = menu(choices, () => this.popup.close());
    const panel = this.node.closest('.tb-Panel') ?? this.node;
    const [from, to] = [panel.getBoundingClientRect(), at.getBoundingClientRect()];
    this.popup.open(shown, { x: to.left - from.left, y: to.bottom - from.top });
  }

  private tag(_model: Model, version: Version): void {
    const form = prompt(`Tag version ${version.version}:`, '', 'name=value; -name takes it away', (text) => {
      this.prompts.replaceChildren();
      this.focusDeeds();
      if (text !== null) this.wishes.send({ ask: 'tag', ...this.chosen(version), text });
    });
    this.prompts.replaceChildren(form);
    form.querySelector('input')?.focus();
  }
}
