/** Asks the server's extension: every route of contract/lab.ts is one method, every refusal a `Fault`. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type * as told from '../contract/lab';
import { Fault, isRecord, refusalOf } from './fault';

type Values = Record<string, string | number | boolean | undefined>;

export interface RunsAsked {
  store: told.RootPath;
  filter?: string;
  experiment?: string;
  deleted?: boolean;
  offset?: number;
  limit?: number;
}

export class Api {
  constructor(private readonly server: ServerConnection.ISettings) {}

  stores(notebook: told.RootPath): Promise<told.Stores> {
    return this.get('stores', { notebook }, 'current', 'known');
  }

  runs({ deleted, ...asked }: RunsAsked): Promise<told.RunsPage> {
    return this.get('runs', { ...asked, deleted: deleted ? 1 : undefined }, 'runs', 'total');
  }

  run(store: told.RootPath, id: string): Promise<told.RunLine> {
    return this.get(`runs/${encodeURIComponent(id)}`, { store }, 'id', 'status');
  }

  code(store: told.RootPath, id: string): Promise<told.RunCode> {
    return this.get(`runs/${encodeURIComponent(id)}/code`, { store }, 'id', 'code');
  }

  /** Refused with 404 when the run is not running. */
  control(store: told.RootPath, id: string): Promise<told.Control> {
    return this.get(`runs/${encodeURIComponent(id)}/control`, { store }, 'knobs');
  }

  experiments(store: told.RootPath): Promise<told.Experiments> {
    return this.get('experiments', { store }, 'experiments');
  }

  cells(store: told.RootPath, notebook: told.RootPath): Promise<told.Cells> {
    return this.get('cells', { store, notebook }, 'cells');
  }

  gone(store: told.RootPath): Promise<told.Gone> {
    return this.get('cells/gone', { store }, 'notebooks');
  }

  models(store: told.RootPath): Promise<told.Models> {
    return this.get('models', { store }, 'models');
  }

  versions(store: told.RootPath, model: string, offset: number, limit: number): Promise<told.VersionsPage> {
    return this.get('models/versions', { store, model, offset, limit }, 'versions', 'total');
  }

  preview(decision: told.Decision): Promise<told.Preview> {
    return this.post('models/preview', decision, 'changes', 'seen');
  }

  /** Refused with 409, which carries what was seen and what is, when the store has changed since the preview. */
  decide(decision: told.Decision): Promise<told.Done> {
    return this.post('models/decide', decision, 'text');
  }

  undo(store: told.RootPath, undo: string): Promise<told.Done> {
    return this.post('undo', { store, undo }, 'text');
  }

  change(change: told.RunChange): Promise<told.Done> {
    return this.post('runs/change', change, 'text');
  }

  storage(store: told.RootPath): Promise<told.Storage> {
    return this.get('storage', { store }, 'file', 'garbage');
  }

  collect(store: told.RootPath): Promise<told.Done> {
    return this.post('storage/collect', { store }, 'text');
  }

  /** The open answer of the feed, to be read as it comes. */
  async feed(store: told.RootPath, signal: AbortSignal): Promise<Response> {
    const answer = await this.ask('feed', { store }, { signal, headers: { Accept: 'text/event-stream' } });
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  }

  private async get<Told>(route: string, values: Values, ...keys: string[]): Promise<Told> {
    return read(await this.ask(route, values, {}), keys);
  }

  private async post<Told>(route: string, body: object, ...keys: string[]): Promise<Told> {
    return read(await this.ask(route, {}, { method: 'POST', body: JSON.stringify(body) }), keys);
  }

  private async ask(route: string, values: Values, init: RequestInit): Promise<Response> {
    const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
    const query = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
    const place = URLExt.join(this.server.baseUrl, 'trackbook', 'api', route);
    try {
      return await ServerConnection.makeRequest(given.length > 0 ? `${place}?${query}` : place, init, this.server);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new Fault(0, { message: 'The Jupyter server does not answer.' });
    }
  }
}

/** keys: what an answer has to bear to be one of ours. */
async function read<Told>(answer: Response, keys: readonly string[]): Promise<Told> {
  if (!answer.ok) throw await refusalOf(answer);
  const body: unknown = await answer.json().catch(() => null);
  if (isRecord(body) && keys.every((key) => key in body)) return body as Told;
  throw new Fault(answer.status, { message: 'The Jupyter server gave an answer that trackbook does not know.' });
}
