import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { INITIALIZING_ANSWER_MS } from '../../../../services/protocol/wire/rpc.ts';
import { alone, COLONY, FENCE, fenceOf, HostingCalls } from './hosting-fixture.ts';

let calls: HostingCalls;
beforeEach(() => {
  calls = new HostingCalls();
});
afterEach(async () => {
  const closed = calls.hosting.close();
  await calls.clock.advance(60_000);
  await closed;
});

/** What comes of a call: undefined while it is under way. */
interface Outcome {
  result?: 'answered' | { code: string; message: string };
}

/** Asks for the shards of a topology whose blocks each take so long. */
function ask(blockMs?: number): Outcome {
  const { clock, hosting } = calls;
  if (blockMs !== undefined) clock.yieldToIo = () => clock.sleep(blockMs);
  if (calls.colony === undefined) {
    hosting.initializeColony(FENCE, COLONY);
    hosting.initializeTopology(FENCE, alone());
  }
  const outcome: Outcome = {};
  hosting.initializeShards(FENCE).then(
    () => {
      outcome.result = 'answered';
    },
    ({ code, message }) => {
      outcome.result = { code, message };
    },
  );
  return outcome;
}

describe('InitializeShards', () => {
  test('is answered as soon as the shards are there, and then leaves no timer', async () => {
    const outcome = ask();
    await calls.clock.advance(0);
    expect(outcome.result).toBe('answered');
    expect(calls.colony?.initializedShards).toBe(16);
    expect(calls.clock.pendingTimers).toBe(0);
  });

  test('is answered in time while it goes on, and a further call joins it', async () => {
    const first = ask(INITIALIZING_ANSWER_MS + 1_000);
    await calls.clock.advance(INITIALIZING_ANSWER_MS - 1);
    expect(first.result).toBeUndefined();
    await calls.clock.advance(1);
    expect([first.result, calls.colony?.shardsInitialized]).toEqual(['answered', false]);
    const second = ask();
    await calls.clock.advance(INITIALIZING_ANSWER_MS);
    expect(second.result).toBe('answered');
    await calls.clock.advance(60_000);
    expect(calls.colony?.shardsInitialized).toBe(true);
    const told = calls.log.messages().filter((one) => one === 'The shards are initialized.');
    expect(told).toHaveLength(1);
  });

  test('that fails after its answer shows in the status', async () => {
    const outcome = ask(INITIALIZING_ANSWER_MS + 1_000);
    await calls.clock.advance(INITIALIZING_ANSWER_MS);
    expect(outcome.result).toBe('answered');
    calls.clock.yieldToIo = () => Promise.reject(new Error('no memory'));
    await calls.clock.advance(60_000);
    expect(calls.hosting.status().failure).toBe('the shards cannot be initialized: no memory');
  });

  test('that is superseded by a topology is refused', async () => {
    const outcome = ask(100);
    calls.hosting.admit(fenceOf({ topologyVersion: 2 }));
    await calls.clock.advance(1_000);
    expect(outcome.result).toMatchObject({ code: 'STALE_FENCE' });
    expect(calls.hosting.status().state).toBe('Initializing');
  });

  test('that is cut short by the end of the backend says so', async () => {
    const outcome = ask(100);
    const closed = calls.hosting.close();
    await calls.clock.advance(1_000);
    await closed;
    expect(outcome.result).toEqual({
      code: 'STALE_FENCE',
      message: 'the topology was superseded while its shards were being initialized',
    });
  });

  test('of what is released meanwhile is refused as released', async () => {
    const outcome = ask(100);
    calls.hosting.release(FENCE, 1);
    await calls.clock.advance(1_000);
    expect(outcome.result).toMatchObject({ code: 'GENERATION_RELEASED' });
  });

  test('of an older topology is refused', async () => {
    await calls.initialize(alone({ topologyVersion: 2 }));
    await expect(calls.hosting.initializeShards(fenceOf({ epoch: 2 }))).rejects.toMatchObject({
      code: 'STALE_FENCE',
    });
  });
});
