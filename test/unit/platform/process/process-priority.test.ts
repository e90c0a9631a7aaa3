import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { raiseProcessPriority } from '../../../../services/platform/process/process-priority.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  setPriority: vi.fn(),
}));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'priority-'));
});
afterEach(() => {
  vi.mocked(setPriority).mockReset();
  rmSync(folder, { recursive: true });
});

test.runIf(process.platform === 'linux')('the session and the process both go first', () => {
  const file = path.join(folder, 'autogroup');
  writeFileSync(file, '');
  raiseProcessPriority(file);
  expect(Number(readFileSync(file, 'utf8'))).toBeLessThan(0);
  expect(vi.mocked(setPriority).mock.calls).toEqual([[Number(readFileSync(file, 'utf8'))]]);
});

test('who may not go first goes on as before', () => {
  const before = getPriority();
  vi.mocked(setPriority).mockImplementation(() => {
    throw new Error('EACCES');
  });
  raiseProcessPriority(path.join(folder, 'nothing', 'here'));
  expect(getPriority()).toBe(before);
});
