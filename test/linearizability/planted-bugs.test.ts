import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordStore } from '../../services/platform/record/record-store.ts';
import type { Clock } from '../../services/platform/runtime/clock.ts';
import { Checker, whyNoGo } from './checker.ts';
import { CheckThenActStore, ForgetfulStore, StaleReadStore } from './virtual/planted-stores.ts';
import { virtualRun } from './virtual/virtual-run.ts';

/** Where a bug is planted in the record store, the same runs must be illegal. */

const SEEDS_MOST = 10;
const PLANTED: Record<string, (clock: Clock) => RecordStore> = {
  'a write that looks first and acts later': (clock) => new CheckThenActStore(clock),
  'a read that shows what was': (clock) => new StaleReadStore(clock),
  'a write that is acknowledged and not kept': () => new ForgetfulStore(),
};

const missing = await whyNoGo();
if (missing !== undefined && process.env['CI']) throw new Error(missing);
if (missing !== undefined) console.warn(`NOT TESTED: ${missing}`);

const checker = new Checker();
beforeAll(async () => {
  if (missing === undefined) await checker.build();
});
afterAll(() => checker.close());

test.skipIf(missing !== undefined)('the checker holds its own tests', () => checker.testItself());

test.skipIf(missing !== undefined).each(Object.entries(PLANTED))(
  'the checker finds %s',
  async (_name, store) => {
    for (let seed = 1; seed <= SEEDS_MOST; seed++) {
      const run = { seed, clients: 8, coordinators: 3, requests: 15 };
      const [verdict] = await checker.judge([await virtualRun({ ...run, store })]);
      if (verdict?.verdict !== 'illegal') continue;
      console.info(`found with seed ${seed}: ${verdict.evidence?.[0]}`);
      return;
    }
    expect.fail(`not found with ${SEEDS_MOST} seeds`);
  },
);
