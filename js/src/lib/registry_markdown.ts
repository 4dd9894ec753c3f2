/** Reads the Markdown that descriptions are written in; what it does not know stays text. Draws nothing. */

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong' | 'em'; children: Inline[] }
  | { kind: 'link'; href: string; children: Inline[] };

export type Block =
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'paragraph' | 'quote'; children: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'code'; text: string }
  | { kind: 'rule' };

const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^\s*([-*+]|\d{1,9}[.)])\s+(.*)$/;
const FENCE = /^\s*(```|~~~)/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const QUOTE = /^\s*>\s?(.*)$/;

export function readMarkdown(source: string): Block[] {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = HEADING.exec(line);
    if (line.trim() === '') at++;
    else if (FENCE.test(line)) at = readFence(lines, at, blocks);
    else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, children: readInline(heading[2] ?? '') });
      at++;
    } else if (RULE.test(line)) {
      blocks.push({ kind: 'rule' });
      at++;
    } else if (QUOTE.test(line)) at = readQuote(lines, at, blocks);
    else if (ITEM.test(line)) at = readList(lines, at, blocks);
    else at = readParagraph(lines, at, blocks);
  }
  return blocks;
}

function readFence(lines: readonly string[], from: number, blocks: Block[]): number {
  const mark = FENCE.exec(lines[from] ?? '')?.[1] ?? '```';
  let at = from + 1;
  while (at < lines.length && !lines[at]?.trimStart().startsWith(mark)) at++;
  blocks.push({ kind: 'code', text: lines.slice(from + 1, at).join('\n') });
  return at + 1;
}

function readQuote(lines: readonly string[], from: number, blocks: Block[]): number {
  let at = from;
  const words: string[] = [];
  for (let found = QUOTE.exec(lines[at] ?? ''); found; found = QUOTE.exec(lines[++at] ?? ''))
    words.push(found[1] ?? '');
  blocks.push({ kind: 'quote', children: readInline(words.join(' ')) });
  return at;
}

function readList(lines: readonly string[], from: number, blocks: Block[]): number {
  const items: string[] = [];
  const ordered = /^\d/.test(ITEM.exec(lines[from] ?? '')?.[1] ?? '');
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const item = ITEM.exec(line);
    if (item && /^\d/.test(item[1] ?? '') === ordered && !RULE.test(line)) items.push(item[2] ?? '');
    else if (/^\s+\S/.test(line)) items[items.length - 1] += ` ${line.trim()}`;
    else break;
  }
  blocks.push({ kind: 'list', ordered, items: items.map((text) => readInline(text)) });
  return at;
}

function readParagraph(lines: readonly string[], from: number, blocks: Block[]): number {
  let at = from + 1;
  while (at < lines.length && !beginsAnother(lines[at] ?? '')) at++;
  blocks.push({ kind: 'paragraph', children: readInline(lines.slice(from, at).join(' ')) });
  return at;
}

function beginsAnother(line: string): boolean {
  return line.trim() === '' || [HEADING, ITEM, FENCE, RULE, QUOTE].some((each) => each.test(line));
}

const CODE = /^(`+)(.+?)\1(?!`)/;
const LINK = /^\[([^\][]{1,500})\]\(\s*([^\s()]{1,2000})\s*\)/;
const STRONG = /^(\*\*|__)(?=\S)(.+?\S|\S)\1/;
const EM = /^(\*|_)(?=\S)([^*_]*[^\s*_])\1(?!\w)/;
const BARE = /^https?:\/\/[^\s<>()]{1,2000}[^\s<>().,;:!?'"]/;
const MOST_DEEP = 8;

/** Reads what stands in one line; a link that is not http or https stays text. */
export function readInline(source: string, depth = 0): Inline[] {
  const found: Inline[] = [];
  let plain = '';
  let at = 0;
  const flush = (): void => {
    if (plain) found.push({ kind: 'text', text: plain });
    plain = '';
  };
  while (at < source.length) {
    const escaped = /^\\[\\`*_{}[\]()#+.!>-]/.exec(source.slice(at, at + 2));
    const next = escaped || depth >= MOST_DEEP ? null : piece(source, at, depth);
    if (next) {
      flush();
      found.push(next.inline);
      at += next.length;
    } else {
      plain += source[escaped ? at + 1 : at];
      at += escaped ? 2 : 1;
    }
  }
  flush();
  return found;
}

function piece(source: string, at: number, depth: number): { inline: Inline; length: number } | null {
  const mark = source[at];
  if (mark === undefined || !'`[*_h'.includes(mark)) return null; // nothing else begins one, and a text is long
  const rest = source.slice(at, at + 4000);
  const before = source[at - 1] ?? ' ';
  const code = CODE.exec(rest);
  if (code) return { inline: { kind: 'code', text: code[2]?.trim() ?? '' }, length: code[0].length };
  const link = LINK.exec(rest);
  const href = link ? safeLink(link[2] ?? '') : null;
  if (link && href)
    return { inline: { kind: 'link', href, children: readInline(link[1] ?? '', depth + 1) }, length: link[0].length };
  if (mark === '_' && /\w/.test(before)) return null; // snake_case
  const strong = STRONG.exec(rest);
  if (strong)
    return { inline: { kind: 'strong', children: readInline(strong[2] ?? '', depth + 1) }, length: strong[0].length };
  const em = EM.exec(rest);
  if (em) return { inline: { kind: 'em', children: readInline(em[2] ?? '', depth + 1) }, length: em[0].length };
  const bare = /\w/.test(before) ? null : BARE.exec(rest);
  const address = bare ? safeLink(bare[0]) : null;
  if (bare && address)
    return {
      inline: { kind: 'link', href: address, children: [{ kind: 'text', text: bare[0] }] },
      length: bare[0].length,
    };
  return null;
}

/** The address when a browser may follow it: http or https, and nothing that runs. */
export function safeLink(address: string): string | null {
  try {
    const url = new URL(address);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}
