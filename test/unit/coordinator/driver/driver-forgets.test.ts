import { afterEach, beforeEach, expect, test } from 'vitest';
import { started } from '../../../support/colony-records.ts';
import { DriverRig } from './driver-fixture.ts';

let rig: DriverRig;
let record: Awaited<ReturnType<typeof started>>;

/** A driver that has recovered a colony, with something wrong of a backend. */
beforeEach(async () => {
  rig = new DriverRig();
  record = await started(rig.store);
  rig.allHold = false;
  await rig.drive();
  await rig.clock.advance(1_000);
  rig.troubles.note('b7', { code: 'BACKEND_LOST', detail: 'gone', tick: 3 });
  expect(rig.driver.recoveringSinceMs).toBeDefined();
});
afterEach(() => rig.end());

test('a driver forgets what was wrong with a colony that was stopped', async () => {
  await rig.store.stop(record);
  await rig.look();
  expect(rig.driver.state.phase).toBe('Releasing');
  expect(rig.driver.recoveringSinceMs).toBeUndefined();
  expect(rig.troubles.of('b7')).toBeUndefined();
});

test('a driver whose lead is over forgets what was wrong: another one tells of it', async () => {
  rig.term.end();
  await rig.clock.advance(1_000);
  expect(rig.driver.state.phase).toBe('Waiting');
  expect(rig.driver.recoveringSinceMs).toBeUndefined();
  expect(rig.troubles.of('b7')).toBeUndefined();
});
