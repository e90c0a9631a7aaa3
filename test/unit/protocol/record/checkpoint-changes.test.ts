import { describe, expect, test } from 'vitest';
import { checkpointChange } from '../../../../services/protocol/record/checkpoint-changes.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
} from '../../../../services/protocol/record/colony-record.ts';
import { topologyChange } from '../../../../services/protocol/record/run-changes.ts';

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

describe('a topology', () => {
  const at300 = { ...started, checkpoint: pointer(300) };

  test('that starts from an older checkpoint has the record point at that one', () => {
    const change = topologyChange(TERM, 'topology#1', 1, pointer(200));
    expect(change.apply(at300)).toMatchObject({ topologyVersion: 1, checkpoint: pointer(200) });
  });

  test('that starts from genesis has it point at none', () => {
    expect(topologyChange(TERM, 'topology#1', 1, null).apply(at300)).not.toHaveProperty(
      'checkpoint',
    );
  });

  test('after which a checkpoint of any later tick is taken', () => {
    const fallen = topologyChange(TERM, 'topology#1', 1, null).apply(at300)!;
    expect(checkpointChange(TERM, pointer(100)).apply(fallen)).toMatchObject({
      checkpoint: pointer(100),
    });
  });
});
