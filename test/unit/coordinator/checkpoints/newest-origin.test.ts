import { beforeEach, describe, expect, test } from 'vitest';
import { originOf } from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { newestOrigin } from '../../../../services/coordinator/checkpoints/newest-origin.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { contextOf, startedRecord, workOf } from '../fixtures.ts';
import { archiveInMemory, NONE } from './archive-fixture.ts';
import { INSTANCE, manifestAt, storeAway } from './checkpoint-fixture.ts';

let snapshots: ReturnType<typeof archiveInMemory>['snapshots'];
let archive: ReturnType<typeof archiveInMemory>['archive'];

beforeEach(() => {
  ({ snapshots, archive } = archiveInMemory());
});

describe('where a lost world starts again', () => {
  const originFor = (change: Partial<ColonyRecord>, without = NONE) => {
    const record = startedRecord({ colonyInstanceId: INSTANCE, ...change });
    return newestOrigin(archive)(workOf(contextOf(record), new VirtualClock()), without);
  };

  test('is the newest checkpoint, with key and hash of its manifest', async () => {
    const stored = await archive.put(manifestAt(300));
    const { origin } = stored.manifest;
    expect(await originFor({ checkpoint: stored.pointer })).toEqual({
      ...{ kind: 'state', tick: 300 },
      ...origin,
      manifest: { key: stored.key, sha256: stored.pointer.sha256 },
    });
    expect(await originFor({ checkpoint: stored.pointer })).toEqual(originOf(stored));
  });

  test('is genesis where no checkpoint is left', async () => {
    const { pointer, key } = await archive.put(manifestAt(300));
    expect(await originFor({})).toEqual(GENESIS);
    expect(await originFor({ checkpoint: pointer }, new Set([key]))).toEqual(GENESIS);
  });

  test('is genesis where checkpoints are kept nowhere', async () => {
    const { pointer: checkpoint } = await archive.put(manifestAt(300));
    const scope = workOf(contextOf(startedRecord({ checkpoint })), new VirtualClock());
    expect(await newestOrigin(undefined)(scope, NONE)).toEqual(GENESIS);
  });

  test('is not genesis because the store is away', async () => {
    const { pointer } = await archive.put(manifestAt(300));
    snapshots.get = async () => {
      throw storeAway();
    };
    await expect(originFor({ checkpoint: pointer })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });
});
