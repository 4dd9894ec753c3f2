/** The lists to choose from: columns, what to group by, and the keys there are. */
import type { Ask } from '../contract/table';
import { KEYS } from '../lib/keys';
import { element } from './elements';
import { type Picker, type PickerWishes, picker } from './picker';
import type { Popup } from './popup';
import type { TableColumns } from './table_columns';

export class TableChoices {
  private picker: Picker | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly popup: Popup,
    private readonly arranged: TableColumns,
    private readonly send: (ask: Ask) => void,
    private readonly groupBy: (by: string) => void,
  ) {}

  /** Names that were found, for the list that is open. */
  show(keys: readonly string[], more: number): void {
    this.picker?.show(keys, more, new Set(this.arranged.keys));
  }

  columns(at: HTMLElement): void {
    this.open(at, 'columns', false, {
      toggle: (key, on) => {
        const keys = this.arranged.keys.filter((each) => each !== key);
        this.arranged.choose(on ? [...keys, key] : keys);
      },
      reset: {
        text: 'those that vary',
        press: () => {
          this.popup.close();
          this.arranged.choose(null);
        },
      },
    });
  }

  group(at: HTMLElement): void {
    this.open(at, 'group by a param or tag', true, {
      toggle: (by) => {
        this.popup.close();
        this.groupBy(by);
      },
      reset: null,
    });
  }

  keys(): void {
    const rows = KEYS.map(([key, what]) =>
      element('div', {}, element('kbd', { text: key }), element('span', { text: what })),
    );
    const list = element('div', { class: 'tb-Keys', role: 'dialog', 'aria-label': 'keys', tabindex: '-1' }, ...rows);
    this.popup.open(list, { x: this.root.clientWidth, y: 36 });
    list.focus();
  }

  private open(at: HTMLElement, title: string, groups: boolean, wishes: Omit<PickerWishes, 'search'>): void {
    const search = (text: string) => this.send({ ask: 'names', text, groups });
    this.picker = picker(title, { ...wishes, search });
    this.popup.open(this.picker.node, { x: at.offsetLeft, y: at.offsetTop + at.offsetHeight + 2 });
    search('');
  }
}
