import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findEntryPoints } from '../../../scripts/build.mjs';

let services = '';
beforeEach(() => {
  services = mkdtempSync(path.join(tmpdir(), 'colony-services-'));
});
afterEach(() => rmSync(services, { recursive: true, force: true }));

function write(...files: string[]): void {
  for (const file of files) {
    mkdirSync(path.join(services, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(services, file), '');
  }
}

test('every main, worker and child is a bundle, and the cli is called colony', async () => {
  write(
    'backend/main.ts',
    'backend/shard.worker.ts',
    'backend/shard-host.ts',
    'cli/main.ts',
    'local/store.child.ts',
    'dashboard/static/main.ts',
  );
  const source = (file: string) => path.join(services, file);
  expect(await findEntryPoints(services)).toEqual({
    backend: source('backend/main.ts'),
    'shard.worker': source('backend/shard.worker.ts'),
    colony: source('cli/main.ts'),
    'store.child': source('local/store.child.ts'),
  });
});

test('two sources of one bundle are refused', async () => {
  write('backend/shard.worker.ts', 'coordinator/shard.worker.ts');
  await expect(findEntryPoints(services)).rejects.toThrow(
    /Both .* would be dist\/shard\.worker\.js/,
  );
});
