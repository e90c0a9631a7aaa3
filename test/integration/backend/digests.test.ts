import { describe, expect, test } from 'vitest';
import { Cluster, expectedDigest, KERNEL, SPEC } from './harness.ts';

async function digestsOf(cluster: Cluster): Promise<string[]> {
  await cluster.start();
  await cluster.runTo(200);
  const digests = [0, 100, 200].map((tick) => cluster.digestAt(tick));
  await cluster.close();
  return digests;
}

const expected = (spec = SPEC) => [0, 100, 200].map((tick) => expectedDigest(tick, spec));

describe(`with the kernel ${KERNEL} the digests are those of one piece`, () => {
  test.each([1, 2, 4, 7])('on %i backends', async (backends) => {
    expect(await digestsOf(new Cluster({ backends }))).toEqual(expected());
  });

  test('with three ticks per exchange', async () => {
    expect(await digestsOf(new Cluster({ ticksPerExchange: 3 }))).toEqual(expected());
  });

  test('with shards smaller than their margins', async () => {
    const spec = { ...SPEC, width: 64, height: 48, shardSize: 16 };
    const cluster = new Cluster({ spec, ticksPerExchange: 6 });
    expect(await digestsOf(cluster)).toEqual(expected(spec));
  });
});
