import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ColonyRecordStore } from '../../../services/platform/record/colony-record-store.ts';
import { DynamoRecordStore } from '../../../services/platform/record/dynamo-record-store.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  PENDING_EVENTS_MAX,
} from '../../../services/protocol/record/colony-record.ts';
import { MemoryRecordStore } from '../../simulation/stores/memory-record-store.ts';
import { claimOf, failureOf, LEADER, OTHER } from '../../support/colony-records.ts';
import { eventOfSequence } from '../../support/contracts/event-log-contract.ts';
import { type DynaliteTable, startDynaliteTable } from '../../support/fakes/dynalite-table.ts';

let table: DynaliteTable;
beforeAll(async () => {
  table = await startDynaliteTable();
});
afterAll(() => table.close());

const mostly = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, other);

const steps = fc.record({
  what: fc.constantFrom(
    ...['claim', 'complete', 'fail', 'stop', 'lead', 'beat', 'topology', 'run'],
    ...['inject', 'inject', 'log'],
  ),
  key: fc.constantFrom('A', 'B', 'C'),
  /** A claim that was made before comes again. */
  claimId: fc.nat(9),
  me: mostly(LEADER, fc.constant(OTHER)),
  /** How many writes the writer's picture of the record is behind. */
  behind: mostly(0, fc.nat(3)),
  horizon: fc.nat(30),
  hasHorizon: fc.boolean(),
  runUntil: fc.constantFrom(null, undefined, 7),
});
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

async function take(store: ColonyRecordStore, seen: ColonyRecord, step: Step) {
  const { generation, leader } = seen;
  const epoch = leader?.epoch ?? 0;
  const term = { leaderId: step.me.id, epoch, generation };
  const change = { paused: step.horizon % 2 === 0, runUntil: step.runUntil };
  switch (step.what) {
    case 'claim':
      return store.claim(claimOf(step.key, { claimId: `claim-${step.claimId}` }));
    case 'complete':
      return store.complete(term, step.horizon);
    case 'fail':
      return store.fail(term, failureOf(seen));
    case 'stop':
      return seen.colonyInstanceId === undefined ? undefined : store.stop(seen);
    case 'lead':
      return store.takeLeadership(leader, step.me);
    case 'beat': {
      const reserve = step.hasHorizon ? { generation, horizon: step.horizon } : undefined;
      return store.beat({ id: step.me.id, epoch }, reserve);
    }
    case 'topology':
      return store.setTopology(term, `topology-${step.horizon}`, seen.topologyVersion + 1);
    case 'inject': {
      if (seen.pendingEvents.length >= PENDING_EVENTS_MAX) return undefined;
      return store.inject(term, seen, eventOfSequence(seen.eventSeq + 1, step.horizon));
    }
    case 'log':
      if (seen.pendingEvents.length === 0) return undefined;
      return store.eventsLogged(term, seen, seen.eventHead + 1);
    default:
      return store.setRun(term, {
        paused: change.paused,
        ...(change.runUntil !== undefined && { runUntil: change.runUntil }),
        ...(step.hasHorizon && { horizon: step.horizon }),
      });
  }
}

test('the updates on DynamoDB say the same as the rules, step by step, on any course', async () => {
  let courses = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 10, maxLength: 40, size: 'max' }),
      async (course) => {
        const rules = new MemoryRecordStore();
        const stored = new DynamoRecordStore(table.client, table.tableName, `c${courses++}`);
        const seen: ColonyRecord[] = [ABSENT_RECORD];
        for (const step of course) {
          const picture = seen[Math.max(0, seen.length - 1 - step.behind)]!;
          const expected = await take(rules, picture, step);
          expect(await take(stored, picture, step)).toEqual(expected);
          if (expected !== undefined) seen.push(expected.record);
        }
        expect(await stored.read()).toEqual(await rules.read());
      },
    ),
    { numRuns: 12 },
  );
});
