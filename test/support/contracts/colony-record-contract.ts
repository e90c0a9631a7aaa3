import { expect, test } from 'vitest';
import type { ColonyRecords } from '../../../services/platform/record/colony-records.ts';
import { ABSENT_RECORD } from '../../../services/protocol/record/colony-record.ts';
import { claimOf, failureOf, LEADER, termOf } from '../colony-records.ts';
import { recordLeadershipContract } from './record-leadership-contract.ts';
import { recordRunContract } from './record-run-contract.ts';
import { recordStartContract } from './record-start-contract.ts';

/** What every ColonyRecords does. `create` gives a store of a record that is not there yet. */
export function colonyRecordContract(create: () => Promise<ColonyRecords>): void {
  test('an absent record reads as NotInitialized', async () => {
    expect(await (await create()).read()).toEqual(ABSENT_RECORD);
  });

  test('every write raises the revision by one and answers what is then stored', async () => {
    const store = await create();
    const writes = [
      () => store.takeLeadership(undefined, LEADER),
      () => store.claim(claimOf('K1')),
      async () => store.setTopology(termOf(await store.read()), 'topology#1', 1),
      async () => store.complete(termOf(await store.read()), 10),
      async () => store.setRun(termOf(await store.read()), { paused: true }),
      () => store.beat({ id: 'c1', epoch: 1 }, { generation: 1, horizon: 30 }),
      async () => store.stop(await store.read()),
      () => store.claim(claimOf('K2')),
      async () => store.fail(termOf(await store.read()), failureOf(await store.read())),
    ];
    for (const [i, write] of writes.entries()) {
      const result = await write();
      expect(result.ok).toBe(true);
      expect(result.record.revision).toBe(i + 1);
      expect(await store.read()).toEqual(result.record);
    }
  });

  recordStartContract(create);
  recordLeadershipContract(create);
  recordRunContract(create);
}
