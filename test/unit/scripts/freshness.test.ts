import { expect, test } from 'vitest';
import { ensureBuilt } from '../../../scripts/lib/freshness.mjs';

const failing = (code: string, message = code) => ({
  stale: () => 'is not built from these sources',
  build: async () => {
    throw Object.assign(new Error(message), { code, path: '/srv/colony/dist/colony.js' });
  },
});

test('what is fresh is not built: nothing is written', async () => {
  const build = () => Promise.reject(new Error('it was built'));
  await ensureBuilt({ stale: () => undefined, build });
});

test('what is stale is built', async () => {
  const built: string[] = [];
  await ensureBuilt({
    stale: () => 'is not there',
    build: async () => {
      built.push('once');
      return [];
    },
  });
  expect(built).toEqual(['once']);
});

test.each(['EACCES', 'EPERM', 'EROFS'])(
  'a stale checkout that cannot be written (%s) is one line: what, where, and what to do',
  async (code) => {
    const { message } = await ensureBuilt(failing(code)).then(
      () => new Error('it was built'),
      (error: Error) => error,
    );
    expect(message).toMatch(
      /^\S+dist is not built from these sources, and \/srv\/colony\/dist\/colony\.js cannot be written \(E\w+\): its owner builds it with `npm run build`/,
    );
    expect(message).not.toContain('\n');
  },
);

test('sources that do not build are one line, without a stack', async () => {
  const failed = ensureBuilt(failing('', 'Build failed with 1 error:\nservices/cli/main.ts:1:0'));
  await expect(failed).rejects.toThrow(/^the sources do not build: Build failed with 1 error$/);
});
