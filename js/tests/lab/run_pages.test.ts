import { describe, expect, test } from 'vitest';
import type { RunLine, RunsPage } from '../../src/contract/lab';
import { RunPages } from '../../src/lab/sidebar/run_pages';

const line = (id: string): RunLine => ({ id }) as RunLine;

/** A server with some runs, newest first, that counts what it is asked. */
function server(ids: string[]) {
  const asked: [string, number, number][] = [];
  const failures: unknown[] = [];
  const pages = new RunPages(
    async (slot, offset, limit): Promise<RunsPage> => {
      asked.push([slot, offset, limit]);
      if (slot === 'broken') throw new Error('held by another program');
      return { total: ids.length, all: ids.length, offset, runs: ids.slice(offset, offset + limit).map(line) };
    },
    () => {},
    (error) => failures.push(error),
  );
  return { asked, failures, pages };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `run-${at}`);

describe('pages of runs', () => {
  test('what is in view is asked for in whole pages, and once', async () => {
    const { asked, pages } = server(many(1000));
    pages.want('churn', { from: 60, to: 80 });
    pages.want('churn', { from: 61, to: 81 });
    await settled();
    expect(asked).toEqual([['churn', 50, 50]]);
    expect(pages.at('churn', 60)?.id).toBe('run-60');
    expect(pages.totals.get('churn')).toBe(1000);
    pages.want('churn', { from: 70, to: 90 });
    await settled();
    expect(asked.length).toBe(1);
  });

  test('whoever scrolls far is told of the end of the way, and not of all that was passed', async () => {
    const { asked, pages } = server(many(100_000));
    for (let from = 0; from < 90_000; from += 1000) pages.want('churn', { from, to: from + 30 });
    await settled();
    await settled();
    expect(asked.length).toBeLessThan(4);
    expect(pages.at('churn', 89_000)?.id).toBe('run-89000');
  });

  test('with news, what is in view is asked again and the rest forgotten', async () => {
    const ids = many(200);
    const { pages } = server(ids);
    pages.want('churn', { from: 120, to: 130 });
    await settled();
    pages.want('churn', { from: 0, to: 10 });
    await settled();
    ids.unshift('new');
    await pages.refresh(['churn']);
    expect(pages.at('churn', 0)?.id).toBe('new');
    expect(pages.at('churn', 125)).toBeUndefined();
    expect(pages.placeOf('churn', 'run-0')).toBe(1);
    expect(pages.totals.get('churn')).toBe(201);
  });

  test('an experiment that was closed is not asked for any more', async () => {
    const { asked, pages } = server(many(10));
    pages.want('churn', { from: 0, to: 5 });
    await settled();
    await pages.refresh([]);
    expect(asked.length).toBe(1);
    expect(pages.at('churn', 0)).toBeUndefined();
  });

  test('an empty experiment is asked once and never again on its own', async () => {
    const { asked, pages } = server([]);
    pages.want('churn', { from: 0, to: 20 });
    await settled();
    pages.want('churn', { from: 0, to: 0 });
    await settled();
    expect(asked.length).toBe(1);
    await pages.refresh(['churn']);
    expect(asked.length).toBe(2);
  });

  test('a refusal is told, and asked again when somebody wants it again', async () => {
    const { asked, failures, pages } = server([]);
    pages.want('broken', { from: 0, to: 5 });
    await settled();
    expect(failures.length).toBe(1);
    pages.want('broken', { from: 0, to: 5 });
    await settled();
    expect(asked.length).toBe(2);
  });
});
