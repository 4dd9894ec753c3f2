/** The whole registry browser: lists, details, the dialog of a decision, and who does what when. */
import type { Ask, Model, Models, Show, Told, Version } from '../contract/registry';
import { KEYS } from '../lib/registry_words';
import { copied } from './clipboard';
import { button, element } from './elements';
import { notice } from './notice';
import { popup } from './popup';
import { RegistryDetails } from './registry_details';
import { registryDialog } from './registry_dialog';
import { registryLists } from './registry_lists';

const PATIENCE = 1500;
const CLOCK = 30_000;
const WAITING = 'Waiting for the kernel: it runs a cell, and what was clicked counts when that ends.';

export class RegistryView {
  readonly node = element('section', {
    class: 'tb-Panel tb-Registry',
    'aria-label': 'registry browser',
    'data-lm-suppress-shortcuts': 'true',
  });
  private readonly popup = popup(this.node, () => this.details.focusDeeds());
  private readonly notice = notice();
  private readonly waiting = element('div', { class: 'tb-Waiting', role: 'status', text: WAITING });
  private readonly lists = registryLists({
    search: (text) => this.ask({ ask: 'search', text }),
    choose: (model, version) => this.choose(model, version),
  });
  private readonly details = new RegistryDetails(
    { send: (ask) => this.ask(ask), decide: (deed) => this.dialog.open(deed) },
    this.popup,
  );
  private readonly dialog = registryDialog({
    plan: (deed, turn) => this.ask({ ask: 'plan', turn, ...deed }),
    decide: (deed, turn, reason, override) => this.ask({ ask: 'do', turn, reason, override, ...deed }),
    cancel: () => this.send({ ask: 'cancel' }),
    closed: () => this.details.focusDeeds(),
  });
  private readonly code = element('code', { class: 'tb-Call' });
  private readonly clock: number;
  private models: Models | null = null;
  private model: Model | null = null;
  private version: Version | null = null;
  private patience = 0;

  constructor(
    private readonly send: (ask: Ask) => void,
    height: number,
  ) {
    const copy = button('copy', () => void this.copy(copy), { title: 'Copy the Python call that shows this again' });
    const right = element('div', { class: 'tb-RegistryRight' }, this.notice.node, this.waiting, this.details.node);
    const columns = element('div', { class: 'tb-RegistryColumns' }, this.lists.node, right);
    columns.style.height = `${height}px`;
    this.details.place.append(this.dialog.node);
    this.waiting.hidden = true;
    const help = button('?', () => this.help(), { title: 'keys (?)', 'aria-label': 'keys' });
    this.node.append(columns, element('div', { class: 'tb-Foot' }, this.code, copy, help));
    this.node.addEventListener('keydown', (event) => this.key(event));
    this.clock = window.setInterval(() => this.details.showSince(), CLOCK);
  }

  tell(words: Told): void {
    this.answered();
    switch (words.tell) {
      case 'show':
        this.show(words);
        break;
      case 'history':
        this.details.showHistory(words);
        break;
      case 'compared':
        this.details.showCompared(words);
        break;
      case 'plan':
        this.dialog.show(words);
        break;
      case 'gates':
        if (words.turn > 0) this.dialog.showGates(words);
        else this.details.showGates(words);
        break;
      case 'refused':
        if (this.dialog.isOpen) this.dialog.refuse(words.turn, words.text, words.gates);
        else this.notice.show(words.text);
        break;
      case 'closed':
        this.dialog.done(words.turn);
        break;
      case 'notice':
        this.notice.show(words.text, words.tone, words.undo ? () => this.undo() : undefined);
        break;
    }
  }

  dispose(): void {
    window.clearInterval(this.clock);
    window.clearTimeout(this.patience);
    this.popup.close();
    this.lists.dispose();
    this.dialog.dispose();
    this.details.dispose();
    this.node.remove();
  }

  private show(words: Show): void {
    if (words.models) this.models = words.models;
    if (words.model !== undefined) this.model = words.model;
    if (words.version !== undefined) this.version = words.version;
    if (words.call !== undefined) this.code.textContent = words.call;
    if (words.models || words.model !== undefined)
      this.lists.showModels(this.models ?? { lines: [], sentence: '', text: '' }, this.model?.name ?? '');
    if (words.model !== undefined || words.version !== undefined)
      this.lists.showVersions(this.model, this.version?.version ?? 0);
    this.details.show(this.model, this.version, this.models?.sentence ?? '');
  }

  private choose(model: string, version: number): void {
    if (this.dialog.isOpen) this.dialog.cancel();
    this.notice.clear();
    this.ask({ ask: 'choose', model, version });
  }

  private undo(): void {
    this.ask({ ask: 'undo' });
    this.details.focusDeeds();
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation(); // JupyterLab's own keys are for cells
    const typing = event.target instanceof Element && event.target.matches('input, textarea, select');
    if (event.key === 'Escape') {
      if (!this.popup.close() && !this.dialog.cancel()) this.notice.clear();
    } else if (typing) return;
    else if (event.key === '/') {
      event.preventDefault();
      this.lists.focusSearch();
    } else if (event.key === '?') this.help();
    else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
      event.preventDefault();
      this.undo();
    }
  }

  private help(): void {
    const lines = KEYS.map(([key, does]) =>
      element('div', {}, element('kbd', { text: key }), element('span', { text: does })),
    );
    const close = button('Close', () => this.popup.close());
    this.popup.open(element('div', { class: 'tb-Keys', role: 'dialog', 'aria-label': 'keys' }, ...lines, close), {
      x: this.node.clientWidth,
      y: this.node.clientHeight,
    });
  }

  /** Says something that the kernel answers, and after a while that it has not. */
  private ask(ask: Ask): void {
    this.send(ask);
    window.clearTimeout(this.patience);
    this.patience = window.setTimeout(() => {
      this.waiting.hidden = false;
    }, PATIENCE);
  }

  private answered(): void {
    window.clearTimeout(this.patience);
    this.waiting.hidden = true;
  }

  private async copy(pressed: HTMLElement): Promise<void> {
    const done = await copied(this.code.textContent ?? '');
    if (!done) window.getSelection()?.selectAllChildren(this.code); // so that Ctrl+C does
    pressed.textContent = done ? 'copied' : 'marked: Ctrl+C';
    window.setTimeout(() => {
      pressed.textContent = 'copy';
    }, 2000);
  }
}
