import { afterEach, describe, expect, test } from 'vitest';
import { SAMPLES_MAX } from '../../../../services/protocol/colony/sampling.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { LoopedShards, type LoopOptions } from './tick-loop-fixture.ts';

let shards: LoopedShards;
afterEach(() => shards.stop());

const start = (options?: LoopOptions) => {
  shards = new LoopedShards(options);
  shards.loop.start();
};
const pass = (durationMs: number) => shards.clock.advance(durationMs);

describe('a step', () => {
  test('takes one tick at first, then as many as fit into 200 ms', async () => {
    start({ tickMs: 60 });
    shards.run(1_000);
    await pass(1_000);
    expect(shards.steps.slice(0, 4)).toEqual([1, 3, 3, 3]);
  });

  test('takes one tick where each takes longer than that', async () => {
    start({ tickMs: 300 });
    shards.run(1_000);
    await pass(1_500);
    expect(shards.steps.slice(0, 4)).toEqual([1, 1, 1, 1]);
  });

  test('ends at the tick that a reader waits for', async () => {
    start();
    shards.awaitedTick = 5;
    shards.run(7);
    await pass(0);
    expect(shards.steps.slice(0, 2)).toEqual([1, 4]);
  });

  test('ends at the horizon', async () => {
    start();
    shards.run(7);
    await pass(1_000);
    expect([shards.steps, shards.tick, shards.loop.state]).toEqual([[1, 6], 7, 'AtHorizon']);
  });

  test('ends where an exchange is due, or a sample, every 20 ticks', async () => {
    start();
    shards.run(48);
    await pass(100);
    expect(shards.steps).toEqual([1, 15, 4, 12, 8, 8]);
  });

  test('takes one tick where a pace is asked for', async () => {
    start();
    shards.run(1_000, 10);
    await pass(1_000);
    expect(new Set(shards.steps)).toEqual(new Set([1]));
    expect(shards.steps.length).toBeGreaterThanOrEqual(9);
    expect(shards.steps.length).toBeLessThanOrEqual(11);
  });
});

test('a backend without shards lets I/O have its turn after each step, one with shards need not', async () => {
  start({ size: 0, ticksPerExchange: 1 });
  shards.run(50);
  await pass(0);
  expect(shards.steps).toHaveLength(50);
  expect(shards.clock.yields).toBeGreaterThanOrEqual(50);
  await shards.stop();
  start();
  shards.run(50);
  await pass(0);
  expect([shards.tick, shards.clock.yields]).toEqual([50, 0]);
});

describe('halos', () => {
  test('are sent at the start, and where an exchange is due while the step goes on', async () => {
    start({ ticksPerExchange: 3 });
    shards.run(6, 100);
    await pass(1_000);
    expect(shards.done).toEqual([
      ...['makeRoom 0', 'pack', 'send 0', 'measure with digest and survey'],
      ...['receive 0', 'step 1', 'step 1', 'makeRoom 3', 'step 1', 'send 3'],
      ...['receive 3', 'step 1', 'step 1', 'makeRoom 6', 'step 1', 'send 6'],
    ]);
  });

  test('are waited for before the step, and the state says so when they are late', async () => {
    let arrive = (_isThere: boolean) => {};
    start();
    shards.receive = () => new Promise((resolve) => (arrive = resolve));
    shards.run(5);
    await pass(100);
    expect([shards.steps, shards.loop.state]).toEqual([[], 'Ticking']);
    shards.waitingFor = ['boot-1'];
    expect(shards.loop.state).toBe('Waiting');
    arrive(true);
    await pass(100);
    expect([shards.tick, shards.loop.state]).toEqual([5, 'AtHorizon']);
  });

  test('that come after the horizon has fallen are not used before it rises', async () => {
    let arrive = (_isThere: boolean) => {};
    start();
    shards.receive = () => new Promise((resolve) => (arrive = resolve));
    shards.run(5);
    await pass(0);
    shards.run(0);
    arrive(true);
    await pass(100);
    expect([shards.steps, shards.loop.state]).toEqual([[], 'AtHorizon']);
    shards.run(5);
    await pass(100);
    expect(shards.tick).toBe(5);
    expect(shards.done.filter((one) => one === 'receive 0')).toHaveLength(1);
  });

  test('of an exchange that was closed are the end of it', async () => {
    start();
    shards.receive = async () => false;
    shards.run(5);
    await pass(100);
    expect(shards.steps).toEqual([]);
  });

  test('that could not be packed are not sent', async () => {
    shards = new LoopedShards();
    shards.pack = async () => false;
    shards.loop.start();
    shards.run(5);
    await pass(100);
    expect(shards.done).toEqual(['makeRoom 0', 'pack']);
  });
});

describe('samples', () => {
  test('are taken every 20 ticks, with a digest every 100, with a survey every 500', async () => {
    start();
    shards.run(110);
    await pass(100);
    expect(shards.samples.samples.map(({ tick }) => tick)).toEqual([0, 20, 40, 60, 80, 100]);
    const measured = shards.done.filter((one) => one.startsWith('measure'));
    const [first, rare, usual] = [
      'measure with digest and survey',
      'measure with digest',
      'measure',
    ];
    expect(measured).toEqual([first, usual, usual, usual, usual, rare]);
    shards.run(510);
    await pass(400);
    expect(shards.done.filter((one) => one === first)).toHaveLength(2);
  });

  test('are taken of no backend without shards', async () => {
    start({ size: 0 });
    shards.run(50);
    await pass(100);
    expect([shards.tick, shards.samples.samples]).toEqual([50, []]);
  });

  test('that were cut short are not kept', async () => {
    start();
    shards.isMeasured = false;
    shards.run(50);
    await pass(100);
    expect([shards.tick, shards.samples.samples]).toEqual([50, []]);
  });

  const fill = () => {
    for (let i = 0; i < SAMPLES_MAX; i++) {
      shards.samples.add({ tick: i - SAMPLES_MAX, shards: 4, statistics: EMPTY_STATISTICS });
    }
  };

  test('that are not stored stop the shards, until they are', async () => {
    shards = new LoopedShards();
    fill();
    shards.loop.start();
    shards.run(5);
    await pass(100);
    expect([shards.tick, shards.loop.state]).toEqual([0, 'Blocked']);
    shards.samples.confirm(-1);
    shards.loop.wake();
    await pass(100);
    expect([shards.tick, shards.loop.state]).toEqual([5, 'AtHorizon']);
  });

  test('are not taken any more once the loop is stopped', async () => {
    shards = new LoopedShards();
    fill();
    shards.loop.start();
    await pass(100);
    await shards.stop();
    expect(shards.done.filter((one) => one.startsWith('measure'))).toEqual([]);
  });
});

describe('a loop', () => {
  test('stands at its horizon until that is raised', async () => {
    start();
    await pass(100);
    expect([shards.tick, shards.loop.state]).toEqual([0, 'AtHorizon']);
    shards.run(3);
    await pass(100);
    shards.run(9);
    await pass(100);
    expect(shards.tick).toBe(9);
  });

  test('heeds another pace while it waits for its next tick', async () => {
    start();
    shards.run(1_000, 0.001);
    await pass(100);
    expect(shards.tick).toBe(1);
    shards.run(10);
    await pass(100);
    expect(shards.tick).toBe(10);
  });

  test('is started once', () => {
    start();
    expect(() => shards.loop.start()).toThrow('a tick loop is started once');
  });

  test.each<[string, unknown]>([
    ['an error', new Error('it broke')],
    ['anything else', 'it broke'],
  ])('that fails by %s stands, says why, and is an error in the log', async (_what, cause) => {
    start();
    shards.run(3);
    await pass(100);
    shards.step = () => Promise.reject(cause);
    shards.run(9);
    await pass(100);
    expect([shards.tick, shards.loop.state, shards.loop.failure]).toEqual([
      3,
      'Failed',
      'it broke',
    ]);
    expect(shards.log.lines).toEqual([
      {
        level: 'error',
        message: 'Ticking has failed; the shards stand.',
        fields: { err: cause, tick: 3 },
      },
    ]);
  });

  test.each<[string, (of: LoopedShards) => void]>([
    ['at its horizon', (of) => of.run(0)],
    ['for its pace', (of) => of.run(9, 0.001)],
  ])('that is stopped while it waits %s ends at once, and its exchange with it', async (_, run) => {
    start();
    run(shards);
    await pass(10);
    const stopped = shards.loop.stop();
    await stopped;
    expect(shards.done.at(-1)).toBe('close');
    expect(shards.clock.pendingTimers).toBe(0);
    const { tick } = shards;
    shards.run(50);
    await pass(5_000_000);
    expect(shards.tick).toBe(tick);
  });

  test('that is stopped in a step ends when nothing is written any more', async () => {
    start({ tickMs: 100 });
    shards.run(9);
    await pass(50);
    let isStopped = false;
    void shards.loop.stop().then(() => {
      isStopped = true;
    });
    await pass(49);
    expect(isStopped).toBe(false);
    await pass(1);
    expect([isStopped, shards.tick]).toEqual([true, 1]);
  });

  test('that is stopped while halos come takes no further step', async () => {
    let arrive = (_isThere: boolean) => {};
    start();
    shards.receive = () => new Promise((resolve) => (arrive = resolve));
    shards.run(9);
    await pass(50);
    arrive(true);
    await shards.loop.stop();
    expect(shards.steps).toEqual([]);
  });

  test('whose step was cut short takes no other', async () => {
    start();
    shards.step = async () => false;
    shards.run(9);
    await pass(100);
    expect([shards.steps, shards.tick]).toEqual([[1], 0]);
  });
});
