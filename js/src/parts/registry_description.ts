/** What a model or a version is, in Markdown: to read, and to write with a preview. */
import { button, element } from './elements';
import { markdown } from './registry_markdown';

export interface Description {
  readonly node: HTMLElement;
  /** about: names the version, so that what was begun for another is dropped. */
  show(about: string, text: string, editable: boolean): void;
}

/** what: is described, as a person says it. */
export function description(what: string, save: (text: string, reason: string) => void): Description {
  const node = element('section', { class: 'tb-Description', 'aria-label': `description of ${what}` });
  let about = '';
  let shown = '';
  let editable = true;
  let isWriting = false;

  function read(focus = false): void {
    isWriting = false;
    const write = button(shown ? 'Edit' : 'Describe…', edit, { 'aria-label': `describe ${what}` });
    const words = shown
      ? markdown(shown)
      : element('span', { class: 'tb-quiet', text: `No description of ${what} yet. ` });
    node.replaceChildren(words, ...(editable ? [write] : []));
    if (focus) write.focus();
  }
  function edit(): void {
    isWriting = true;
    const area = element('textarea', { 'aria-label': 'description, in Markdown', rows: '7', spellcheck: 'true' });
    area.value = shown;
    const preview = element('div', { class: 'tb-Preview', 'aria-label': 'preview' });
    const reason = element('input', { type: 'text', 'aria-label': 'reason', placeholder: 'why? (may stay empty)' });
    const draw = (): void => preview.replaceChildren(markdown(area.value));
    const done = (): void => {
      save(area.value, reason.value);
      read(true);
    };
    area.addEventListener('input', draw);
    draw();
    const bar = element(
      'div',
      { class: 'tb-DialogFoot' },
      reason,
      button('Cancel', () => read(true)),
      button('Save', done, { class: 'tb-Button tb-first', title: 'Ctrl+Enter' }),
    );
    const form = element('div', { class: 'tb-Editor' }, area, preview, bar);
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        read(true);
      } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.target === reason)) {
        event.preventDefault();
        event.stopPropagation();
        done();
      }
    });
    node.replaceChildren(form);
    area.focus();
  }
  return {
    node,
    show(now, text, mayEdit) {
      const isOther = now !== about;
      if (!isOther && (isWriting || (text === shown && mayEdit === editable))) {
        shown = text;
        return;
      }
      about = now;
      shown = text;
      editable = mayEdit;
      read();
    },
  };
}
