import { describe, expect, test } from 'vitest';
import { checkpointChange } from '../../../../services/protocol/record/checkpoint-changes.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
} from '../../../../services/protocol/record/colony-record.ts';

const TERM = { leaderId: 'c1', epoch: 3, generation: 2 };
const started: ColonyRecord = {
  ...ABSENT_RECORD,
  status: 'TopographyInitialized',
  generation: 2,
  revision: 7,
  leader: { id: 'c1', address: 'http://c1:8083', epoch: 3, beat: 9 },
};
const pointer = (tick: number, topologyVersion = 1) => ({
  tick,
  epoch: 3,
  topologyVersion,
  sha256: 'a'.repeat(64),
});

describe('pointing at a checkpoint', () => {
  test('is taken by a started colony', () => {
    expect(checkpointChange(TERM, pointer(100)).apply(started)).toEqual({
      ...started,
      revision: 8,
      checkpoint: pointer(100),
    });
  });

  test.each([
    ['an earlier tick', 200],
    ['the same tick', 300],
  ])('is refused for %s than the present one', (_what, tick) => {
    const change = checkpointChange(TERM, pointer(tick, 2));
    expect(change.apply({ ...started, checkpoint: pointer(300, 2) })).toBeUndefined();
  });

  test.each([
    ['lower', 200],
    ['the same', 300],
  ])(
    'is taken at %s tick from a later topology: it had to start from an older one',
    (_what, tick) => {
      const change = checkpointChange(TERM, pointer(tick, 2));
      expect(change.apply({ ...started, checkpoint: pointer(300, 1) })).toMatchObject({
        checkpoint: pointer(tick, 2),
      });
    },
  );

  test.each([
    ['the same', 2],
    ['an earlier', 1],
  ])('is taken at a higher tick from %s topology', (_what, topologyVersion) => {
    const change = checkpointChange(TERM, pointer(400, topologyVersion));
    expect(change.apply({ ...started, checkpoint: pointer(300, 2) })).toMatchObject({
      checkpoint: pointer(400, topologyVersion),
    });
  });

  test('is refused at a lower tick from an earlier topology', () => {
    const change = checkpointChange(TERM, pointer(200, 1));
    expect(change.apply({ ...started, checkpoint: pointer(300, 2) })).toBeUndefined();
  });

  test.each<[string, Partial<ColonyRecord>]>([
    ['of another term', { leader: { ...started.leader!, epoch: 4 } }],
    ['of another generation', { generation: 3 }],
    ['that is stopped', { status: 'NotInitialized' }],
    ['that has failed', { fault: { code: 'X', reason: 'y' } }],
  ])('is refused by a colony %s', (_what, change) => {
    expect(checkpointChange(TERM, pointer(100)).apply({ ...started, ...change })).toBeUndefined();
  });

  test('recognises itself, and no other one', () => {
    const change = checkpointChange(TERM, pointer(100));
    expect(change.isInEffect?.({ ...started, checkpoint: pointer(100) })).toBe(true);
    expect(change.isInEffect?.({ ...started, checkpoint: pointer(100, 2) })).toBe(false);
    expect(change.isInEffect?.(started)).toBe(false);
  });
});
