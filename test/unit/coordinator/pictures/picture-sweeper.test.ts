import { expect, test } from 'vitest';
import { PictureSweeper } from '../../../../services/coordinator/pictures/picture-sweeper.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { INSTANCE } from '../checkpoints/checkpoint-fixture.ts';
import { contextOf, startedRecord, workOf } from '../fixtures.ts';
import { PicturesRig } from './pictures-fixture.ts';

const EVERY_MS = 600_000;

async function rigOf(pictures: number) {
  const rig = new PicturesRig();
  for (let i = 1; i <= pictures; i++) {
    await rig.archive.put(INSTANCE, 1_800 * i, new Uint8Array(1));
  }
  const record = startedRecord({ colonyInstanceId: INSTANCE });
  const scope = workOf(contextOf(record), rig.clock);
  const { snapshots, clock, log } = rig;
  const parts = { colonyName: 'test', snapshots, clock, log, record: () => record };
  return { rig, scope, sweeper: new PictureSweeper(parts) };
}

test('a leader thins the pictures every ten minutes', async () => {
  const { rig, scope, sweeper } = await rigOf(300);
  void sweeper.run(scope.term);
  await rig.clock.advance(EVERY_MS - 1_000);
  expect(await rig.archive.list(INSTANCE)).toHaveLength(300);
  await rig.clock.advance(2_000);
  const { length } = await rig.snapshots.list('pictures/');
  expect(length).toBeLessThan(150);
  expect(length).toBeGreaterThan(60);
});

test('a sweep that fails is tried again', async () => {
  const { rig, scope, sweeper } = await rigOf(300);
  const list = rig.snapshots.list.bind(rig.snapshots);
  rig.snapshots.list = () => Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'away'));
  void sweeper.run(scope.term);
  await rig.clock.advance(EVERY_MS + 1_000);
  expect(rig.log.messages('info')).toContain('pictures are not swept');
  rig.snapshots.list = list;
  await rig.clock.advance(EVERY_MS);
  expect((await list('pictures/')).length).toBeLessThan(150);
});
