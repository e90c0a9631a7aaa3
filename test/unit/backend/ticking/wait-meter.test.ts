import { expect, test } from 'vitest';
import { addWaits, WaitMeter } from '../../../../services/backend/ticking/wait-meter.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const NONE = { halos: 0, horizon: 0, pace: 0, samples: 0 };

test('waits of a kind add up', async () => {
  const clock = new VirtualClock();
  const meter = new WaitMeter(clock);
  for (const ms of [30, 12]) {
    meter.begin('halos');
    await clock.advance(ms);
    meter.end();
    await clock.advance(100);
  }
  expect(meter.waitedMs).toEqual({ ...NONE, halos: 42 });
});

test('a wait that is not over counts so far', async () => {
  const clock = new VirtualClock();
  const meter = new WaitMeter(clock);
  meter.begin('horizon');
  await clock.advance(7);
  expect(meter.waitedMs).toEqual({ ...NONE, horizon: 7 });
  await clock.advance(1);
  meter.end();
  expect(meter.waitedMs).toEqual({ ...NONE, horizon: 8 });
});

test('an end without a wait changes nothing', () => {
  const meter = new WaitMeter(new VirtualClock());
  meter.end();
  expect(meter.waitedMs).toEqual(NONE);
});

test('waits of two topologies are added kind by kind', () => {
  const sum = addWaits({ ...NONE, halos: 1, pace: 2 }, { ...NONE, halos: 3, samples: 4 });
  expect(sum).toEqual({ halos: 4, horizon: 0, pace: 2, samples: 4 });
});
