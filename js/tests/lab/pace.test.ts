import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace } from '../../src/lib/pace';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('many wishes at once are two deeds: one now, one when the pause is over', async () => {
  const act = vi.fn(() => Promise.resolve());
  const pace = new Pace(act, () => 1);
  for (let at = 0; at < 50; at += 1) pace.wish();
  expect(act).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(act).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(600);
  expect(act).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(act).toHaveBeenCalledTimes(2);
});

test('a wish while something is being done is done after it, never beside it', async () => {
  let end = (): void => undefined;
  const act = vi.fn(() => new Promise<void>((done) => (end = done)));
  const pace = new Pace(act, () => 0);
  pace.wish();
  pace.wish();
  expect(act).toHaveBeenCalledTimes(1);
  end();
  await vi.advanceTimersByTimeAsync(1);
  expect(act).toHaveBeenCalledTimes(2);
});

test('after its end nothing is done any more', async () => {
  const act = vi.fn(() => Promise.resolve());
  const pace = new Pace(act, () => 1);
  pace.wish();
  pace.wish();
  pace.end();
  await vi.advanceTimersByTimeAsync(5000);
  pace.wish();
  expect(act).toHaveBeenCalledTimes(1);
});
