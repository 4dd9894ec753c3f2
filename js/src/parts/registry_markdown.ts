/** Draws a description: elements of our own with text in them, and nothing of it as markup. */
import { type Block, type Inline, readMarkdown } from '../lib/registry_markdown';
import { element } from './elements';

export function markdown(source: string): HTMLElement {
  return element('div', { class: 'tb-Markdown' }, ...readMarkdown(source).map(block));
}

function block(read: Block): HTMLElement {
  switch (read.kind) {
    case 'heading':
      // Below the panel's own titles, whatever the level.
      return element(
        'p',
        { class: 'tb-Heading', role: 'heading', 'aria-level': String(3 + read.level) },
        ...inline(read.children),
      );
    case 'list':
      return element(read.ordered ? 'ol' : 'ul', {}, ...read.items.map((item) => element('li', {}, ...inline(item))));
    case 'code':
      return element('pre', { text: read.text });
    case 'rule':
      return element('hr');
    case 'quote':
      return element('blockquote', {}, ...inline(read.children));
    case 'paragraph':
      return element('p', {}, ...inline(read.children));
  }
}

function inline(read: readonly Inline[]): Node[] {
  return read.map((each) => {
    switch (each.kind) {
      case 'text':
        return document.createTextNode(each.text);
      case 'code':
        return element('code', { text: each.text });
      case 'link':
        return element(
          'a',
          { href: each.href, target: '_blank', rel: 'noopener noreferrer' },
          ...inline(each.children),
        );
      default:
        return element(each.kind, {}, ...inline(each.children));
    }
  });
}
