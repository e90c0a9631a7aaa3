import { expect } from 'vitest';
import { ColonyRecords } from '../../services/platform/record/colony-records.ts';
import type { RecordStore } from '../../services/platform/record/record-store.ts';
import { SystemClock } from '../../services/platform/runtime/system-clock.ts';
import { SystemRandomness } from '../../services/platform/runtime/system-randomness.ts';
import type { ColonyRecord } from '../../services/protocol/record/colony-record.ts';
import type { Term } from '../../services/protocol/record/record-change.ts';
import type { Claim } from '../../services/protocol/record/start-changes.ts';
import { keyHashOf } from '../../services/protocol/record/start-changes.ts';

/** The colony record in a store, with pauses of real time. */
export const systemRecords = (store: RecordStore): ColonyRecords =>
  new ColonyRecords({ store, clock: new SystemClock(), randomness: new SystemRandomness() });

export const LEADER = { id: 'c1', address: 'http://127.0.0.1:8083' };
export const OTHER = { id: 'c2', address: 'http://127.0.0.1:8084' };

export const claimOf = (key: string, change: Partial<Claim> = {}): Claim => ({
  key,
  keyHash: keyHashOf(key),
  bodyHash: `body-${key}`,
  colonyInstanceId: `instance-${key}`,
  claimId: `claim-${key}`,
  specRef: `spec#${key}`,
  ticksPerSecond: 60,
  ...change,
});

export const termOf = (record: ColonyRecord): Term => ({
  leaderId: record.leader?.id ?? '',
  epoch: record.leader?.epoch ?? 0,
  generation: record.generation,
});

export const failureOf = (record: ColonyRecord, reason = 'no backend was found') => ({
  key: record.startKey ?? '',
  code: 'NO_BACKENDS',
  reason,
  at: '2026-01-01T00:00:00.000Z',
  generation: record.generation,
});

/** Led by LEADER and claimed with a key: Initializing. */
export async function initializing(store: ColonyRecords, key = 'K1'): Promise<ColonyRecord> {
  const { leader } = await store.read();
  if (leader === undefined) await store.takeLeadership(undefined, LEADER);
  const { ok, record } = await store.claim(claimOf(key));
  expect(ok).toBe(true);
  return record;
}

/** Initializing, then a topology, then complete: TopographyInitialized with horizon 10. */
export async function started(store: ColonyRecords, key = 'K1'): Promise<ColonyRecord> {
  const term = termOf(await initializing(store, key));
  expect(await store.setTopology(term, `topology#${key}`, 1)).toMatchObject({ ok: true });
  const { ok, record } = await store.complete(term, 10);
  expect(ok).toBe(true);
  return record;
}

/** A write is refused, answers what is stored, and changes nothing. */
export async function refusesWithRecord(
  store: ColonyRecords,
  write: () => Promise<{ ok: boolean; record: ColonyRecord }>,
): Promise<void> {
  const before = await store.read();
  expect(await write()).toEqual({ ok: false, record: before });
  expect(await store.read()).toEqual(before);
}
