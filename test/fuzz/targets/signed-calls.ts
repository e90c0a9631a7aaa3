import { z } from 'zod';
import { Store } from '../../../services/local/store/store.ts';
import { createStoreApp } from '../../../services/local/store/store-app.ts';
import { parseJson } from '../../../services/protocol/common/json.ts';
import { rpcPath } from '../../../services/protocol/wire/rpc.ts';
import { STORE_BOOT_ID, storePath } from '../../../services/protocol/wire/store-calls.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { ENGINE_VERSION } from '../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { MemoryDisk } from '../../support/store/memory-disk.ts';
import { topologyOf } from '../../support/topologies.ts';
import { BackendBench, BENCH_ORIGIN } from '../input/backend-bench.ts';
import { bodyOf, toRequest } from '../input/http-request.ts';
import { mutatedJson } from '../input/mutate-json.ts';
import { outcomeOf } from '../input/problem-answer.ts';
import { SECRET, signText } from '../input/signed-call.ts';
import { grownBy, holds, jsonBytes, never, type Target } from '../target.ts';

const BOOT_ID = 'boot-0';
const STORED = {
  engineVersion: ENGINE_VERSION,
  spec: {
    width: 32,
    height: 32,
    shardSize: 16,
    seed: 7,
    rules: DEFAULT_RULES,
    randomEvents: false,
  },
};
const TOPOLOGY = topologyOf();
const FENCE = '1.1.1';

/** A call of a peer: to a backend that has been brought so far by the calls before it. */
const callSchema = z.object({
  /** How many of the first calls have been made. */
  after: z.int().min(0).catch(0),
  path: z.string().catch('/'),
  body: z.unknown(),
  fence: z.coerce.string().catch(''),
  sender: z.coerce.string().catch(''),
  target: z.coerce.string().catch(''),
  sequence: z.coerce.string().catch(''),
});
type CallInput = z.infer<typeof callSchema>;

const call = (
  after: number,
  path: string,
  body: unknown,
  change: Partial<CallInput> = {},
): CallInput => ({
  ...{ after, path, body, fence: FENCE, sender: 'boot-leader', target: BOOT_ID, sequence: '1000' },
  ...change,
});

const HEARTBEAT = {
  horizon: 40,
  grantNumber: 1,
  ticksPerSecond: null,
  durableThroughTick: -1,
  events: [],
  eventSeq: 0,
};
/** From nothing to a world that ticks. */
const LIFE: readonly [path: string, body: unknown][] = [
  [rpcPath('initializeColony'), { colonyInstanceId: 'instance-1', stored: STORED }],
  [rpcPath('initializeTopology'), { topology: TOPOLOGY }],
  [rpcPath('initializeShards'), {}],
  [rpcPath('startTicking'), {}],
  [rpcPath('heartbeat'), HEARTBEAT],
];
const EVENT = { sequence: 1, tick: 30, event: { kind: 'extraFood', amount: 2 } };
const RPC_CALLS: readonly CallInput[] = [
  ...LIFE.map(([path, body], after) => call(after, path, body)),
  call(5, rpcPath('heartbeat'), {
    ...HEARTBEAT,
    grantNumber: 2,
    horizon: 60,
    events: [EVENT],
    eventSeq: 1,
    checkpointTick: 100,
    withPicture: true,
  }),
  call(5, rpcPath('ping'), {}),
  call(5, rpcPath('readPicture'), { layer: 'food', x: 0, y: 0, width: 32, height: 32, scale: 1 }),
  call(5, rpcPath('readTiles'), {
    layer: 'colour',
    zoom: 1,
    x: 0,
    y: 0,
    width: 16,
    height: 16,
    fromTick: 0,
  }),
  call(5, rpcPath('readCells'), { x: 30, y: 30, width: 5, height: 5 }),
  call(5, rpcPath('pullHalo'), { tick: 0 }, { sender: 'boot-1' }),
  call(5, rpcPath('releaseColony'), { generation: 1 }),
];

/** A call, if an input says one, with the request that carries it. */
function callIn(input: Uint8Array): { after: number; request: Request | undefined } | undefined {
  const { data } = callSchema.safeParse(parseJson(input));
  if (data === undefined) return undefined;
  const { after, path, body, fence, sender, target, sequence } = data;
  const said = { method: 'POST', path, body };
  const bytes = bodyOf(said);
  const unsigned = toRequest(said, BENCH_ORIGIN);
  if (unsigned === undefined) return undefined;
  const { pathname } = new URL(unsigned.url);
  const headers = signText(
    'POST',
    pathname,
    [sender, target, sequence, fence].join(';'),
    bytes ?? new Uint8Array(0),
  );
  return { after, request: toRequest({ ...said, headers }, BENCH_ORIGIN) };
}

const rpc: Target = {
  name: 'rpc',
  reads: ['services/platform/rpc/rpc-server.ts', 'services/protocol/wire/rpc.ts'],
  open() {
    return {
      seeds: RPC_CALLS.map(jsonBytes),
      inputs: mutatedJson(RPC_CALLS),
      async run(input) {
        const given = callIn(input);
        if (given?.request === undefined) return 'no call';
        const bench = new BackendBench(BOOT_ID);
        for (const [path, body] of LIFE.slice(0, given.after)) {
          const before = callIn(
            jsonBytes(call(0, path, body, { sequence: String(++bench.calls) })),
          );
          holds(
            (await bench.fetch(before?.request as Request)).status === 200,
            `${path} of a good life`,
          );
        }
        const outcome = await outcomeOf(await bench.fetch(given.request));
        // What was asked for goes on for a while.
        await bench.clock.advance(500);
        await bench.close();
        return outcome;
      },
      isDocumented: never,
      maxAllocation: grownBy(1_024, 512 * 2 ** 20),
    };
  },
};

const STORE_CALLS: readonly CallInput[] = [
  ['get', { colonyName: 'reef', sortKey: 'spec#1' }],
  ['put', { colonyName: 'reef', sortKey: 'spec#1', text: '{"a":1}' }],
  [
    'replace',
    {
      colonyName: 'reef',
      seenRevision: 0,
      text: '{"revision":1,"generation":0,"status":"NotInitialized"}',
    },
  ],
  ['list', { colonyName: 'reef', prefix: 'digest#', from: 'digest#0', limit: 10, reverse: true }],
  ['remove', { colonyName: 'reef', sortKeys: ['spec#1', 'digest#0'] }],
].map(([name, body]) =>
  call(0, storePath(name as 'get'), body, { target: STORE_BOOT_ID, fence: '0.0.0' }),
);

const storeCalls: Target = {
  name: 'store-calls',
  reads: [
    'services/protocol/wire/store-calls.ts',
    'services/local/store/store-app.ts',
    'services/local/store/item-keys.ts',
  ],
  async open() {
    const clock = new VirtualClock();
    const store = new Store({
      ...{ place: new MemoryDisk().place, clock, randomness: new SeededRandomness(1) },
      ...{ log: new MemoryLog(), describe: async (error: unknown) => String(error) },
    });
    await store.open();
    return {
      seeds: STORE_CALLS.map(jsonBytes),
      inputs: mutatedJson(STORE_CALLS),
      async run(input) {
        const given = callIn(input);
        if (given?.request === undefined) return 'no call';
        // A new one each time: it has seen no sequence.
        const app = createStoreApp({ store, secret: SECRET, log: new MemoryLog() });
        return outcomeOf(await app.fetch(given.request));
      },
      isDocumented: never,
      maxAllocation: grownBy(1_024, 64 * 2 ** 20),
    };
  },
};

/** What processes ask each other, signed. */
export const signedCallTargets: readonly Target[] = [rpc, storeCalls];
