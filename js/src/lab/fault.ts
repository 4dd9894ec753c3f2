/** Why the server's extension refused, as something that can be thrown. */
import type { Preview, Fault as Told } from '../contract/lab';

const NOT_OURS = 'The trackbook server extension is not running.';

export class Fault extends Error {
  readonly was: Preview | undefined;
  readonly is: Preview | undefined;
  /** Where in the filter it is; undefined when it is no fault of a filter. */
  readonly position: number | undefined;

  constructor(
    readonly status: number,
    told: Told,
    /** Whether the extension itself said so; else it is missing, or something before it refused. */
    readonly isOurs = true,
  ) {
    super(told.message);
    this.was = told.was;
    this.is = told.is;
    this.position = told.position;
  }

  /** Whether nobody answers at our addresses: the server's extension is disabled, or not installed. */
  get isUnserved(): boolean {
    return !this.isOurs && this.status === 404;
  }
}

export async function refusalOf(answer: Response): Promise<Fault> {
  const body: unknown = await answer.json().catch(() => null); // the server's own pages are HTML
  if (isRecord(body) && typeof body.message === 'string' && body.message !== '') {
    return new Fault(answer.status, { ...body, message: body.message });
  }
  if (answer.status === 404) return new Fault(404, { message: NOT_OURS }, false);
  const message = `The Jupyter server refused: ${answer.status} ${answer.statusText}.`;
  return new Fault(answer.status, { message }, false);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The sentence for the reader, whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
