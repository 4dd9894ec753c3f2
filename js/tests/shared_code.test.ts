import { expect, test, vi } from 'vitest';
import { codeModel, moduleOf } from '../src/parts/shared_code';

const CODE = { get: () => 'export default 1' };

test('the same code is read once however many figures a page has', async () => {
  const read = vi.fn(async () => ({ default: 1 }));
  const page = {};
  const first = moduleOf('a', read, page);
  expect(moduleOf('a', read, page)).toBe(first);
  moduleOf('b', read, page);
  expect(read).toHaveBeenCalledTimes(2);
  expect(await first).toEqual({ default: 1 });
});

test('a figure waits for a code model that comes later', async () => {
  let asked = 0;
  const found = await codeModel(async (id) => {
    expect(id).toBe('abc');
    asked += 1;
    if (asked < 3) throw new Error('no such model');
    return CODE;
  }, 'IPY_MODEL_abc');
  expect(found).toBe(CODE);
});
