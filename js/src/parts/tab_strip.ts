/** Tabs that are walked with the arrow keys. */
import { button, element } from './elements';

export interface TabStrip<Name extends string> {
  readonly node: HTMLElement;
  /** Of each tab its own body; only that of the chosen one is seen. */
  readonly bodies: Record<Name, HTMLElement>;
  readonly chosen: Name;
  choose(name: Name): void;
  entitle(name: Name, title: string): void;
}

let strips = 0;

export function tabStrip<Name extends string>(
  titles: readonly (readonly [Name, string])[],
  changed: (name: Name) => void,
): TabStrip<Name> {
  const prefix = `tb-tab-${strips++}`;
  const names = titles.map(([name]) => name);
  const [first] = names;
  if (first === undefined) throw new Error('a strip of tabs has at least one');
  let chosen: Name = first;
  const bodies = {} as Record<Name, HTMLElement>;
  const heads = new Map<Name, HTMLButtonElement>();
  for (const [name, title] of titles) {
    const [tab, body] = [`${prefix}-${name}`, `${prefix}-${name}-body`];
    const facts = { class: 'tb-Tab', role: 'tab', id: tab, 'aria-controls': body };
    heads.set(
      name,
      button(title, () => choose(name), facts),
    );
    bodies[name] = element('div', {
      class: 'tb-TabBody',
      role: 'tabpanel',
      id: body,
      'aria-labelledby': tab,
      tabindex: '0',
    });
  }
  const strip = element('div', { class: 'tb-Tabs', role: 'tablist' }, ...heads.values());
  const node = element('div', { class: 'tb-Tabbed' }, strip, ...names.map((name) => bodies[name]));
  strip.addEventListener('keydown', (event) => {
    const at = names.indexOf(chosen);
    const places: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 };
    const to = places[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const name = names[(to + names.length) % names.length];
    if (name === undefined) return;
    choose(name);
    heads.get(name)?.focus();
  });
  function draw(): void {
    for (const [name, head] of heads) {
      head.setAttribute('aria-selected', String(name === chosen));
      head.tabIndex = name === chosen ? 0 : -1;
      bodies[name].hidden = name !== chosen;
    }
  }
  function choose(name: Name): void {
    if (name === chosen) return;
    chosen = name;
    draw();
    changed(name);
  }
  draw();
  return {
    node,
    bodies,
    get chosen() {
      return chosen;
    },
    choose,
    entitle: (name, title) => {
      const head = heads.get(name);
      if (head) head.textContent = title;
    },
  };
}
