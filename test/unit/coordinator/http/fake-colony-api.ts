import { createHttpApp } from '../../../../services/coordinator/http/app.ts';
import type { ColonyApi } from '../../../../services/coordinator/http/colony-api.ts';
import type { HttpOptions } from '../../../../services/coordinator/http/http-options.ts';
import type { ColonyView, RunAnswer } from '../../../../services/protocol/api/public-api.ts';
import type { ColonyEvent } from '../../../../services/protocol/colony/colony-event.ts';
import { STATISTICS_TABLE } from '../../../../services/protocol/series/tables.ts';
import { createPicture } from '../../../../services/protocol/wire/picture-codec.ts';
import { encodeTiles, type TilesAnswer } from '../../../../services/protocol/wire/tile-codec.ts';
import { type TileRange, tileSize, tilesOf } from '../../../../services/protocol/wire/tile-grid.ts';
import { LAYER_BYTES } from '../../../../services/world/measuring/layers.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const ran: RunAnswer = {
  colonyInstanceId: 'i-1',
  paused: true,
  effectiveTick: 120,
  ticksPerSecond: 60,
};

/** What every injection is answered with. */
export const injected: ColonyEvent = {
  sequence: 1,
  tick: 201,
  origin: 'injected',
  kind: 'extraFood',
  amount: 2,
};

export const view: ColonyView = {
  name: 'test',
  status: 'TopographyInitialized',
  phase: 'Ticking',
  phaseDetail: null,
  generation: 1,
  colonyInstanceId: 'i-1',
  tick: 117,
  tickAgeMs: 100,
  horizon: 200,
  paused: false,
  runUntil: null,
  ticksPerSecond: { achieved: 59.5, asked: 60 },
  spec: { ...DEFAULT_WORLD_SPEC, width: 64, height: 48, shardSize: 16 },
  rules: { ...DEFAULT_WORLD_SPEC.rules },
  engineVersion: 1,
  defaultSpec: { ...DEFAULT_WORLD_SPEC, rules: { ...DEFAULT_WORLD_SPEC.rules } },
  topologyVersion: 1,
  wantedBackends: 4,
  backends: [],
  coordinators: [
    {
      ...{ id: 'c-1', bootId: 'boot-c-1', address: 'http://127.0.0.1:8083', leads: true },
      ...{ startedAt: '2026-01-01T00:00:00.000Z', version: '0.1.0' },
    },
  ],
  leader: { id: 'c-1', address: 'http://127.0.0.1:8083', epoch: 1, beat: 7 },
  checkpoint: { tick: 100, writingTick: null, tickedSeconds: 4.2, failure: null },
  replay: null,
  recovery: null,
  lastDigest: { tick: 100, digest: '0123456789abcdef' },
  statistics: null,
  lastFailure: null,
  fault: null,
};

/** Blank tiles of the world. */
export const tilesShown = (range: TileRange): TilesAnswer => ({
  ...range,
  world: view.spec!,
  minTick: 117,
  maxTick: 117,
  tag: '00000000000000aa',
  tiles: tilesOf(range).map(({ x, y }) => {
    const { width, height } = tileSize(view.spec!, range.zoom, x, y);
    return new Uint8Array(width * height * LAYER_BYTES[range.layer]);
  }),
});

const cellsShown = {
  ...{ colonyInstanceId: 'i-1', tick: 117, maxTick: 117 },
  cells: {
    ...{ food: [7], extraFood: [1], size: [0], traits: [0], health: [0], ageTicks: [0] },
    ...{ colour: [0], lineage: [0], owner: [0], shard: [0] },
  },
};

/** One call that the API made: method and arguments. */
type Call = [method: string, ...args: unknown[]];

/** A leader whose methods note their calls and answer something plausible. */
function fakeService(overrides: Partial<ColonyApi> = {}) {
  const calls: Call[] = [];
  const noted =
    <T>(method: string, answer: T) =>
    async (...args: unknown[]): Promise<T> => {
      calls.push([method, ...args]);
      return answer;
    };
  const service: ColonyApi = {
    start: noted('start', {
      httpStatus: 202 as const,
      answer: {
        status: 'initiated' as const,
        message: 'Colony start initiated',
        colonyInstanceId: 'i-1',
        generation: 1,
      },
    }),
    stop: noted('stop', {
      status: 'stopped' as const,
      message: 'Colony stopped',
      colonyInstanceId: 'i-1',
    }),
    pause: noted('pause', ran),
    resume: noted('resume', { ...ran, paused: false }),
    step: noted('step', ran),
    setPace: noted('setPace', ran),
    scale: noted('scale', { backends: 8, before: 4 }),
    view: async () => view,
    clusterHistory: noted('clusterHistory', {
      etag: '1-1-0--1',
      history: {
        ...{ begins: '2026-11-30T00:00:00.000Z', epoch: 1, backends: [], troubles: [] },
        points: { elapsedMs: [], phase: [], tick: [], ticksPerSecond: [] },
      },
    }),
    topology: noted('topology', { status: 'in-progress' as const }),
    digests: noted('digests', [{ tick: 0, digest: '0123456789abcdef' }]),
    checkpoints: noted('checkpoints', [
      {
        ...{ tick: 100, at: '2026-11-30T00:00:00.000Z', sizeBytes: 12 },
        digest: '0123456789abcdef',
        manifest: {
          key: 'checkpoints/test/i-1/0000000100/1-1/manifest.json',
          sha256: 'a'.repeat(64),
        },
      },
    ]),
    pictures: {
      list: noted('pictures', {
        colonyInstanceId: 'i-1',
        format: { scale: 2, columns: 32, rows: 24 },
        pictures: [100, 300, 600].map((tick) => ({ tick, sizeBytes: 10 + tick })),
      }),
      get: noted('picture', { colonyInstanceId: 'i-1', png: new Uint8Array([1, 2, 3]) }),
    },
    events: noted('events', []),
    series: noted('series', {
      ...{ colonyInstanceId: 'i-1', table: STATISTICS_TABLE, from: 0, to: 20, everyTicks: 20 },
      rows: [0, 20].map((tick) => ({ ...EMPTY_STATISTICS, tick, food: tick + 1 })),
    }),
    inject: noted('inject', injected),
    cancelEvent: noted('cancelEvent', { ...injected, cancelled: true as const }),
    drawnWorld: () => view.spec!,
    picture: async (layer, rect) => {
      calls.push(['picture', layer, rect]);
      return {
        etag: 'i-1:117:117',
        picture: createPicture({ layer, ...rect, minTick: 117, maxTick: 117 }),
      };
    },
    tiles: async (range, since) => {
      calls.push(['tiles', range, since]);
      return encodeTiles(tilesShown(range));
    },
    cells: async (rect) => {
      calls.push(['cells', rect]);
      return { ...cellsShown, ...rect };
    },
    leadership: () => ({ leads: true, leaderAddress: 'http://127.0.0.1:8083' }),
    notReady: () => undefined,
    metrics: async () => '# nothing\n',
    answered: () => {},
    ...overrides,
  };
  return { service, calls };
}

export interface Fixture {
  service?: Partial<ColonyApi>;
  http?: Partial<HttpOptions>;
}

/** The API over a fake service. `send` gives the answer with its body parsed as JSON. */
export function fixture({ service: overrides = {}, http = {} }: Fixture = {}) {
  const { service, calls } = fakeService(overrides);
  const log = new MemoryLog();
  const app = createHttpApp({
    service,
    log,
    clock: new VirtualClock(),
    name: 'test',
    id: 'c-1',
    version: {
      name: 'distributed-colony',
      version: '0.1.0',
      engineVersion: 1,
      protocolVersion: 1,
      node: 'v20.19.0',
    },
    allowedHosts: ['colony.example', '*.colony.internal'],
    ownAddresses: ['10.0.0.4:8083'],
    requestId: () => 'request-1',
    ...http,
  });
  const request = async (
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: string } = {},
  ) =>
    app.request(`http://localhost:8083${path}`, {
      method,
      ...init,
      headers: { host: 'localhost:8083', ...init.headers },
    });
  const send = async (...args: Parameters<typeof request>) => {
    const answer = await request(...args);
    const text = await answer.text();
    // biome-ignore lint/suspicious/noExplicitAny: assertions look into any answer.
    const body = (text === '' ? undefined : JSON.parse(text)) as any;
    return { status: answer.status, headers: answer.headers, body };
  };
  return { app, calls, log, request, send };
}

/** Options of a request with a JSON body. */
export const jsonOf = (value: unknown) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
