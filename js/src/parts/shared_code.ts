/** Code that many widgets of a page share: found in a model, and read once. */

export interface Code {
  get(name: 'code'): string;
}

const PREFIX = 'IPY_MODEL_';
const PAUSE = 50; // milliseconds
const LONGEST = 20_000;

/** Finds the model that a reference names; a page that is opened again makes its models in any order. */
export async function codeModel(find: (id: string) => Promise<Code>, reference: string): Promise<Code> {
  const id = reference.replace(PREFIX, '');
  const end = Date.now() + LONGEST;
  for (;;) {
    try {
      const found = await find(id);
      if (found) return found;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error('The figure has lost its code; run the cell again.');
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

const known = Symbol.for('trackbook.shared-code');

/** Reads code as a module, the same text only once a page whichever bundle asks. */
export function moduleOf(
  code: string,
  read: (code: string) => Promise<unknown> = readModule,
  page: object = globalThis,
): Promise<unknown> {
  const holder = page as { [known]?: Map<string, Promise<unknown>> };
  holder[known] ??= new Map();
  const found = holder[known].get(code) ?? read(code);
  holder[known].set(code, found);
  return found;
}

async function readModule(code: string): Promise<unknown> {
  const place = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  try {
    return await import(/* @vite-ignore */ place);
  } finally {
    URL.revokeObjectURL(place);
  }
}
