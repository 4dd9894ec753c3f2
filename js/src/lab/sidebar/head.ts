/** The head of the side bar: which store, the filter, and what else there is. */
import type { StoreFacts } from '../../contract/lab';
import type { Trans } from '../../lib/trans';
import { button, element } from '../../parts/elements';
import { type FilterBox, filterBox } from '../../parts/filter_box';

export interface HeadWishes {
  filter(text: string): void;
  choose(store: StoreFacts): void;
  again(): void;
  more(at: { x: number; y: number }): void;
}

export interface Head {
  readonly node: HTMLElement;
  readonly filter: FilterBox;
  show(current: StoreFacts | null, known: readonly StoreFacts[]): void;
}

export function head(wishes: HeadWishes, trans: Trans): Head {
  const stores = element('select', { class: 'tb-Stores', 'aria-label': trans.__('store') });
  const filter = filterBox(wishes.filter);
  filter.node.setAttribute('placeholder', trans.__('filter: metrics.acc > 0.9'));
  filter.node.setAttribute('aria-label', trans.__('filter'));
  const again = button('⟳', wishes.again, { title: trans.__('Look again'), 'aria-label': trans.__('Look again') });
  const more = button(
    '⋯',
    () => {
      const box = more.getBoundingClientRect();
      wishes.more({ x: box.left, y: box.bottom });
    },
    { title: trans.__('More'), 'aria-label': trans.__('More'), 'aria-haspopup': 'menu' },
  );
  let offered: readonly StoreFacts[] = [];
  stores.addEventListener('change', () => {
    const chosen = offered[stores.selectedIndex];
    if (chosen) wishes.choose(chosen);
  });
  const node = element(
    'div',
    { class: 'tb-Head' },
    element('div', { class: 'tb-HeadLine' }, stores, again, more),
    element('div', { class: 'tb-HeadLine' }, filter.node),
    filter.fault,
  );

  function show(current: StoreFacts | null, known: readonly StoreFacts[]): void {
    const others = known.filter((each) => each.path !== current?.path);
    offered = current ? [current, ...others] : others;
    stores.replaceChildren(
      ...offered.map((each) => element('option', { value: each.path, text: each.path || trans.__('no store yet') })),
    );
    stores.selectedIndex = current ? 0 : -1;
    stores.title = current?.path ?? '';
    stores.disabled = offered.length < 2;
  }

  return { node, filter, show };
}
