/** Making elements in one line: text only as text. */

type Facts = Record<string, string>;

/** facts: attributes; `class` and `text` are the usual ones. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  facts: Facts = {},
  ...children: Node[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(facts)) {
    if (key === 'text') made.textContent = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function button(text: string, press: (event: MouseEvent) => void, facts: Facts = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'tb-Button', text, ...facts });
  made.addEventListener('click', press);
  return made;
}
