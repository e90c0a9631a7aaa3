import { z } from 'zod';
import { CoordinatorWatch } from '../../../services/backend/coordinator-watch.ts';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import { RefusedError } from '../../../services/cli/client/api-error.ts';
import {
  checkpointLines,
  rulesLines,
  statusLines,
  topologyLines,
} from '../../../services/cli/colony/status-text.ts';
import { CliError } from '../../../services/cli/terminal/exit-codes.ts';
import { lookAtCoordinator } from '../../../services/coordinator/chores/entry-probe.ts';
import { EmbeddedObjectStore } from '../../../services/platform/objects/embedded-object-store.ts';
import { ownPlace } from '../../../services/platform/process/task-metadata.ts';
import { RpcClient } from '../../../services/platform/rpc/rpc-client.ts';
import type { Transport, TransportRequest } from '../../../services/platform/rpc/transport.ts';
import { StoreClient } from '../../../services/platform/store/store-client.ts';
import { listedEventText } from '../../../services/protocol/colony/event-text.ts';
import { ERRORS } from '../../../services/protocol/common/error-codes.ts';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import { parseJson } from '../../../services/protocol/common/json.ts';
import { ZERO_FENCE } from '../../../services/protocol/wire/fence.ts';
import { MAC_HEADER, signAnswer } from '../../../services/protocol/wire/rpc-auth.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { view } from '../../unit/coordinator/http/fake-colony-api.ts';
import { jsonText } from '../input/json-text.ts';
import { mutatedTree } from '../input/mutate-json.ts';
import { bytesOf, grownBy, holds, jsonBytes, never, type Target } from '../target.ts';

/** An answer of another process: its status, then its body. */
const answerSchema = z.object({ status: z.int().min(100).max(599), body: z.unknown() });

interface Answer {
  status: number;
  body: Uint8Array<ArrayBuffer>;
}

function answerIn(input: Uint8Array): Answer | undefined {
  const { data } = answerSchema.safeParse(parseJson(input));
  if (data === undefined) return undefined;
  try {
    return { status: data.status, body: new Uint8Array(jsonBytes(data.body ?? null)) };
  } catch {
    return undefined;
  }
}

const answers = (seeds: readonly unknown[]) => ({
  seeds: seeds.map(jsonBytes),
  inputs: mutatedTree(seeds).map((tree) => bytesOf(jsonText(tree))),
});

const problem = {
  ...{ type: 'urn:distributed-colony:error:STALE_FENCE', title: 'x', status: 409 },
  ...{ code: 'STALE_FENCE', detail: 'too old', remedy: 'none', fence: { generation: 2 } },
};

const SECRET = 'a secret of the fuzzer';

/** A transport that gives this answer to everything, signed with the secret. */
function answering({ status, body }: Answer): Transport {
  const answer = ({ headers }: Pick<TransportRequest, 'headers'>) => {
    const signed = signAnswer(SECRET, headers[MAC_HEADER] ?? '', status, body);
    return {
      status,
      body,
      header: (name: string) => (name === MAC_HEADER ? signed[MAC_HEADER] : undefined),
    };
  };
  return {
    send: async (request) => answer(request),
    open: async (request) => answer(request),
    close: async () => {},
  };
}

const clientOf = (answer: Answer) =>
  new RpcClient({ transport: answering(answer), secret: SECRET, selfBootId: 'me' });

const rpcReplies: Target = {
  name: 'rpc-replies',
  reads: [
    'services/platform/rpc/rpc-client.ts',
    'services/protocol/wire/rpc.ts',
    'services/protocol/wire/backend-load.ts',
  ],
  open() {
    const status = {
      ...{
        bootId: 'b',
        engineVersion: 3,
        pid: 1,
        state: 'Ticking',
        draining: false,
        fence: ZERO_FENCE,
      },
      colony: {
        ...{
          colonyInstanceId: 'i1',
          generation: 1,
          topologyVersion: 1,
          shards: [0, 1],
          initializedShards: 2,
        },
        ...{ shardsInitialized: true, ticking: true, tick: 9, eventSeq: 0 },
        grant: { epoch: 1, number: 2, horizon: 30 },
      },
      waitingFor: [],
      load: LOAD,
    };
    return {
      ...answers([
        { status: 200, body: status },
        { status: 200, body: { status, samples: [] } },
        { status: 409, body: problem },
        { status: 200, body: { result: 'Error', message: 'x' } },
      ]),
      async run(input) {
        const answer = answerIn(input);
        if (answer === undefined) return 'no answer';
        const target = { origin: 'http://127.0.0.1:1', bootId: 'b' };
        const told: string[] = [];
        for (const method of ['ping', 'startTicking', 'heartbeat'] as const) {
          const request = {
            horizon: 1,
            grantNumber: 1,
            ticksPerSecond: null,
            durableThroughTick: -1,
          };
          const call = clientOf(answer).call(
            method,
            target,
            ZERO_FENCE,
            method === 'heartbeat' ? request : ({} as never),
          );
          told.push(await call.then(() => 'taken', codeOf));
        }
        return told.includes('taken') ? 'taken' : told[0];
      },
      isDocumented: never,
      maxAllocation: grownBy(512),
    };
  },
};

/** What processes tell of themselves with each heartbeat; see backend-load.ts. */
const LOAD = {
  ...{ uptimeMs: 1, memoryBytes: 2, processorMs: 3, computedTicks: 4 },
  waitedMs: { horizon: 0, halos: 0, samples: 0, pace: 0 },
};

/** The code of an error that callers know; throws any other. */
function codeOf(error: unknown): string {
  if (!(error instanceof ColonyError)) throw error;
  holds(Object.hasOwn(ERRORS, error.code), 'an unknown code');
  holds(typeof error.message === 'string' && Number.isInteger(error.status), 'no error');
  return error.code;
}

const storeReplies: Target = {
  name: 'store-replies',
  reads: [
    'services/platform/store/store-client.ts',
    'services/platform/objects/embedded-object-store.ts',
    'services/platform/objects/stored-object.ts',
  ],
  open() {
    const clock = new VirtualClock();
    const randomness = new SeededRandomness(1);
    return {
      ...answers([
        { status: 200, body: { text: '{"a":1}' } },
        { status: 200, body: {} },
        { status: 200, body: { text: '"x"' } },
        { status: 503, body: { ...problem, status: 503, code: 'STORE_UNAVAILABLE' } },
      ]),
      async run(input) {
        const answer = answerIn(input);
        if (answer === undefined) return 'no answer';
        const client = new StoreClient({
          rpc: clientOf(answer),
          origin: 'http://127.0.0.1:1',
          colonyName: 'reef',
          clock,
          randomness,
        });
        const found = await new EmbeddedObjectStore(client)
          .get('spec#1')
          .catch((error: unknown) => {
            // A request that the store does not take is a bug, and a plain Error.
            if (
              error instanceof Error &&
              (error.cause as { code?: string } | undefined)?.code === 'BAD_REQUEST'
            )
              return 'refused';
            return codeOf(error);
          });
        return found === undefined ? 'nothing' : 'something';
      },
      isDocumented: never,
      maxAllocation: grownBy(256),
    };
  },
};

const apiAnswers: Target = {
  name: 'api-answers',
  reads: [
    'services/cli/client/api-client.ts',
    'services/cli/client/read-body.ts',
    'services/cli/client/api-error.ts',
    'services/protocol/api/public-api.ts',
    'services/protocol/api/series-api.ts',
    'services/cli/replay/running-colony.ts',
  ],
  open() {
    const event = {
      sequence: 1,
      tick: 9,
      origin: 'injected',
      kind: 'ruleChange',
      rule: 'breedBase',
      percent: 5,
      before: 1,
      after: 2,
    };
    const topology = {
      ...{ status: 'initialized', colonyInstanceId: 'i1', generation: 1, topologyVersion: 1 },
      ...{ width: 64, height: 48, shardSize: 16, ticksPerExchange: 1 },
      backends: [{ id: 'b', bootId: 'b1', address: 'http://10.0.0.1:9000', shards: [0, 1, 2] }],
    };
    return {
      ...answers([
        { status: 200, body: view },
        { status: 200, body: [event] },
        { status: 200, body: topology },
        { status: 200, body: [{ tick: 1, digest: '0123456789abcdef' }] },
        { status: 409, body: problem },
        { status: 502, body: '<html>Bad Gateway</html>' },
      ]),
      async run(input) {
        const answer = answerIn(input);
        if (answer === undefined || !HAS_BODY(answer.status)) return 'no answer';
        const { status, body } = answer;
        const client = new ApiClient(
          'http://127.0.0.1:8083',
          async () => new Response(body, { status }),
        );
        const asked = [
          async () => {
            const colony = await client.colony();
            statusLines(colony);
            if (colony.rules !== null && colony.spec !== null)
              rulesLines(colony.rules, colony.spec.rules);
          },
          async () => void (await client.newestEvents(5)).map(listedEventText),
          async () => void topologyLines(await client.topology()),
          async () => void checkpointLines(await client.checkpoints()),
          () => client.digestAt(1),
          () => client.version(),
        ];
        const told: string[] = [];
        for (const ask of asked) told.push(await ask().then(() => 'taken', refusalOf));
        return told.includes('taken') ? 'taken' : told[0];
      },
      isDocumented: never,
      maxAllocation: grownBy(1_024),
    };
  },
};

/** Of other statuses no answer with a body can be made. */
const HAS_BODY = (status: number) => status >= 200 && ![204, 205, 304].includes(status);

function refusalOf(error: unknown): string {
  if (!(error instanceof CliError)) throw error;
  holds(!error.message.includes('\n'), `more than one line: ${error.message}`);
  return error instanceof RefusedError ? 'answered with a problem' : 'CliError';
}

const strangersJson: Target = {
  name: 'strangers-json',
  reads: [
    'services/backend/coordinator-watch.ts',
    'services/coordinator/chores/entry-probe.ts',
    'services/platform/process/task-metadata.ts',
  ],
  open() {
    const clock = new VirtualClock();
    return {
      ...answers([
        { id: 'c1', leads: true, status: 'ok' },
        { TaskARN: 'arn:aws:ecs:eu-west-1:1:task/x', Networks: [{ IPv4Addresses: ['10.0.0.7'] }] },
      ]),
      async run(input) {
        const value = parseJson(input);
        const getJson = async () => value;
        const entry = {
          ...{
            id: 'c1',
            bootId: '00000000-0000-4000-8000-000000000001',
            address: '10.0.0.4',
            rpcPort: 1,
          },
          ...{ httpPort: 2, startedAt: '', version: '', protocolVersion: 1 },
        };
        await lookAtCoordinator(getJson, entry);
        const registry = { leader: async () => entry, list: async () => [entry] } as never;
        await new CoordinatorWatch({ registry, getJson, clock, log: new MemoryLog() }).look();
        const config = { platform: 'aws', host: '0.0.0.0', advertisedAddress: '10.0.0.1' } as const;
        const place = ownPlace({
          ...{ config, interfaces: {}, metadataUri: 'http://169.254.170.2', getJson, clock },
          ...{ randomness: new SeededRandomness(1), log: new MemoryLog() },
        });
        let isDone = false;
        void place.finally(() => {
          isDone = true;
        });
        await clock.runUntil(() => isDone, { limitMs: 60_000, what: 'the place to be known' });
        holds((await place).address === '10.0.0.1', 'another address than the configured one');
      },
      isDocumented: never,
      maxAllocation: grownBy(512),
    };
  },
};

export const peerTargets: readonly Target[] = [rpcReplies, storeReplies, apiAnswers, strangersJson];
