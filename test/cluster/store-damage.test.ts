import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fillStore, harmAtRandom } from '../support/store/harm.ts';

const PLACES = 200;

const parent = mkdtempSync(path.join(tmpdir(), 'colony-damage-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test(`damage at ${PLACES} random places of a store never leaves an old state`, async () => {
  const whole = path.join(parent, 'whole');
  await fillStore(whole);
  expect(await harmAtRandom(whole, PLACES)).toBeGreaterThan(PLACES / 4);
});
