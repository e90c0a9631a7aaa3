import { expect } from 'vitest';
import type {
  Claim,
  ColonyRecordStore,
  Term,
} from '../../services/platform/record/colony-record-store.ts';
import type { ColonyRecord } from '../../services/protocol/record/colony-record.ts';
import { keyHashOf } from '../../services/protocol/record/record-transitions.ts';

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
export async function initializing(store: ColonyRecordStore, key = 'K1'): Promise<ColonyRecord> {
  const { leader } = await store.read();
  if (leader === undefined) await store.takeLeadership(undefined, LEADER);
  const { ok, record } = await store.claim(claimOf(key));
  expect(ok).toBe(true);
  return record;
}

/** Initializing, then a topology, then complete: TopographyInitialized with horizon 10. */
export async function started(store: ColonyRecordStore, key = 'K1'): Promise<ColonyRecord> {
  const term = termOf(await initializing(store, key));
  expect(await store.setTopology(term, `topology#${key}`, 1)).toMatchObject({ ok: true });
  const { ok, record } = await store.complete(term, 10);
  expect(ok).toBe(true);
  return record;
}

/** A write is refused, answers what is stored, and changes nothing. */
export async function refusesWithRecord(
  store: ColonyRecordStore,
  write: () => Promise<{ ok: boolean; record: ColonyRecord }>,
): Promise<void> {
  const before = await store.read();
  expect(await write()).toEqual({ ok: false, record: before });
  expect(await store.read()).toEqual(before);
}
