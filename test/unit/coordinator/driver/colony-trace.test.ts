import { beforeEach, expect, test } from 'vitest';
import { ColonyTrace } from '../../../../services/coordinator/driver/colony-trace.ts';
import { MemoryTracing } from '../../../simulation/memory-tracing.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

let clock: VirtualClock;
let tracing: MemoryTracing;
let trace: ColonyTrace;
beforeEach(() => {
  clock = new VirtualClock();
  tracing = new MemoryTracing();
  trace = new ColonyTrace({ tracing, clock });
});

const spans = () => tracing.spans.map(({ name, parent, outcome }) => [name, parent, outcome]);

test('a recovery goes on from the loss until what was lost is computed again', async () => {
  trace.begin('colony recovery', { cause: 'b1 is lost' });
  await trace.part('place shards', {}, async () => undefined);
  const replay = { fromTick: 100, toTick: 900, remainingSeconds: null };
  const ticker = { tick: 100, replay: replay as typeof replay | undefined };
  const followed = trace.followToTicking(ticker, new AbortController().signal);
  await clock.advance(1_000);
  expect(spans()).toEqual([
    ['colony recovery', undefined, undefined],
    ['place shards', 'colony recovery', 'done'],
    ['replay', 'colony recovery', undefined],
  ]);
  expect(tracing.spans[2]?.attributes).toEqual({ fromTick: 100, toTick: 900 });
  ticker.replay = undefined;
  await clock.advance(1_000);
  await followed;
  expect(spans().map(([, , outcome]) => outcome)).toEqual(['done', 'done', 'done']);
  expect(trace.traceparent).toBeUndefined();
});

test('a world that is lost again during its recovery goes on with the same one', async () => {
  trace.begin('colony recovery', { cause: 'b1 is lost' });
  const { traceparent } = trace;
  const ended = new AbortController();
  const followed = trace.followToTicking({ tick: undefined, replay: undefined }, ended.signal);
  ended.abort();
  await followed;
  trace.begin('colony recovery', { cause: 'b2 is lost' });
  expect(trace.traceparent).toBe(traceparent);
  expect(spans()).toEqual([['colony recovery', undefined, undefined]]);
});

test('a part that fails does so as it would without', async () => {
  trace.begin('colony start', {}, 'of the request');
  const work = async () => {
    throw new Error('no backends');
  };
  await expect(trace.part('initialize', {}, work)).rejects.toThrow('no backends');
  trace.end(new Error('no colony is there any more'));
  expect(spans()).toEqual([
    ['colony start', 'of the request', 'failed'],
    ['initialize', 'colony start', 'failed'],
  ]);
});

test('nothing is told where nothing is traced', async () => {
  const untold = new ColonyTrace({ clock });
  untold.begin('colony start', {});
  expect(await untold.part('initialize', {}, async () => 7)).toBe(7);
  await untold.followToTicking({ tick: undefined, replay: undefined }, AbortSignal.abort());
  expect(untold.traceparent).toBeUndefined();
});
