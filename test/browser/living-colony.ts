import { cellsPart } from '../../services/backend/hosting/cells-part.ts';
import type { ColonyApi } from '../../services/coordinator/http/colony-api.ts';
import { RecentTiles } from '../../services/coordinator/watching/tiles/recent-tiles.ts';
import type { CellsView } from '../../services/protocol/api/cells-view.ts';
import type {
  CheckpointView,
  ColonyView,
  RunAnswer,
} from '../../services/protocol/api/public-api.ts';
import type { ColonyEvent, EventRequest } from '../../services/protocol/colony/colony-event.ts';
import { type ClientSpec, resolveSpec } from '../../services/protocol/colony/spec.ts';
import { ColonyError } from '../../services/protocol/common/errors.ts';
import { pictureFormat } from '../../services/protocol/pictures/stored-picture.ts';
import { decodeCells } from '../../services/protocol/wire/cells-codec.ts';
import {
  createPicture,
  PICTURE_HEADER_BYTES,
  type PictureRect,
} from '../../services/protocol/wire/picture-codec.ts';
import type { ReadCellsRequest } from '../../services/protocol/wire/rpc.ts';
import {
  TILE_PIXELS,
  type TileRange,
  tileSize,
  tilesOf,
} from '../../services/protocol/wire/tile-grid.ts';
import { formatDigest } from '../../services/world/measuring/digest.ts';
import { type Layer, sampleLayer } from '../../services/world/measuring/layers.ts';
import { SharedSamples } from '../../services/world/measuring/shared-samples.ts';
import { drawSquares, imageOf } from '../../services/world/measuring/squares.ts';
import { SingleWorld } from '../../services/world/single-world.ts';
import { ENGINE_VERSION, type WorldSpec } from '../../services/world/spec/spec.ts';
import { LivingEvents } from './living-events.ts';
import { LivingStatistics } from './living-statistics.ts';

const INSTANCE = '6f0d1a52-4c1e-4b8e-9a55-0e2b7a3c9d10';
/** A PNG. */
const ONE_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==',
  'base64',
);
/** How far backends may run ahead of the tick. */
const HORIZON_TICKS = 120;
const leader = { id: 'coordinator-1', address: 'http://127.0.0.1:8083', epoch: 3, beat: 41 };

/**
 * A real world behind the interface of the coordinator's core, in one process and without a clock:
 * while it runs, every picture that is asked for is one tick later.
 */
export class LivingColony implements ColonyApi {
  readonly #recentTiles = new RecentTiles();
  #tilesGiven = 0;
  #statistics = new LivingStatistics(INSTANCE);
  /** The ticks of its stored pictures, rising. */
  pictureTicks: readonly number[] = [];
  readonly calls: [method: string, ...args: unknown[]][] = [];
  readonly #defaultSpec: WorldSpec;
  #spec: WorldSpec;
  readonly #events = new LivingEvents();
  #world: SingleWorld | undefined;
  #paused = false;
  /** The tick of the record, while a coordinator begins that knows nothing else. */
  #recordTick: number | undefined;
  #asked: number | null = 60;
  #lastDigest: ColonyView['lastDigest'] = null;

  constructor(spec: WorldSpec) {
    this.#defaultSpec = spec;
    this.#spec = spec;
  }

  get tick(): number {
    return this.#world?.tick ?? 0;
  }

  /** Another coordinator begins, which knows the record: its tick is this. */
  loseLeader(recordTick: number): void {
    this.#recordTick = recordTick;
  }

  takeUp(): void {
    this.#recordTick = undefined;
  }

  async start({ key, spec = {} }: { key: string; spec?: ClientSpec }) {
    this.calls.push(['start', key, spec]);
    this.#spec = resolveSpec(spec, this.#defaultSpec).spec;
    this.#world = new SingleWorld(this.#spec, { shardSize: this.#spec.shardSize });
    this.#noteDigest();
    this.#statistics = new LivingStatistics(INSTANCE);
    this.#statistics.note(this.#world);
    return {
      httpStatus: 202 as const,
      answer: {
        status: 'initiated' as const,
        message: 'Colony start initiated',
        colonyInstanceId: INSTANCE,
        generation: 1,
      },
    };
  }

  async stop(colonyInstanceId: string) {
    this.calls.push(['stop', colonyInstanceId]);
    if (colonyInstanceId !== INSTANCE) {
      throw new ColonyError('COLONY_INSTANCE_MISMATCH', 'another colony is there');
    }
    this.#world = undefined;
    this.#paused = false;
    return { status: 'stopped' as const, message: 'Colony stopped', colonyInstanceId };
  }

  async pause() {
    this.calls.push(['pause']);
    this.#paused = true;
    return this.#ran();
  }

  async resume() {
    this.calls.push(['resume']);
    this.#paused = false;
    return this.#ran();
  }

  async step({ key, ticks }: { key: string; ticks: number }) {
    this.calls.push(['step', key, ticks]);
    if (!this.#paused) throw new ColonyError('COLONY_NOT_PAUSED', 'the colony runs');
    for (let i = 0; i < ticks; i++) this.#step();
    return this.#ran();
  }

  async inject({ key, request }: { key: string; request: EventRequest }): Promise<ColonyEvent> {
    this.calls.push(['inject', key, request]);
    const { width, height } = this.#spec;
    const world = { colonyInstanceId: INSTANCE, width, height };
    return this.#events.inject(request, world, this.tick + HORIZON_TICKS + 1);
  }

  async cancelEvent(sequence: number): Promise<ColonyEvent> {
    this.calls.push(['cancelEvent', sequence]);
    return this.#events.cancel(sequence);
  }

  async setPace(ticksPerSecond: number | null) {
    this.calls.push(['setPace', ticksPerSecond]);
    this.#asked = ticksPerSecond;
    return this.#ran();
  }

  async scale(backends: number) {
    this.calls.push(['scale', backends]);
    return { backends, before: 2 };
  }

  async metrics() {
    return '';
  }

  answered(): void {}

  readonly pictures: ColonyApi['pictures'] = {
    list: async () => {
      const pictures = this.pictureTicks.map((tick) => ({ tick, sizeBytes: ONE_PIXEL.length }));
      return { colonyInstanceId: INSTANCE, format: pictureFormat(this.#spec), pictures };
    },
    get: async () => ({ colonyInstanceId: INSTANCE, png: ONE_PIXEL }),
  };

  async checkpoints(): Promise<CheckpointView[]> {
    const manifest = { key: 'manifests/1.json', sha256: '0'.repeat(64) };
    const at = '2026-01-01T00:00:00.000Z';
    return this.tick < 10 ? [] : [{ tick: 10, at, sizeBytes: 1e6, digest: '00ff', manifest }];
  }

  async view(): Promise<ColonyView> {
    const view = this.#ledView();
    if (this.#recordTick === undefined) return view;
    return {
      ...view,
      phase: 'Waiting',
      phaseDetail: 'reading the colony from the store',
      tick: this.#recordTick,
      ticksPerSecond: { achieved: null, asked: this.#asked },
      rules: null,
      backends: [],
      statistics: null,
    };
  }

  #ledView(): ColonyView {
    const world = this.#world;
    return {
      name: 'browser-test',
      status: world === undefined ? 'NotInitialized' : 'TopographyInitialized',
      phase: world === undefined ? 'Idle' : this.#paused ? 'Paused' : 'Ticking',
      phaseDetail: this.#paused ? `stands at tick ${this.tick}` : null,
      generation: world === undefined ? 0 : 1,
      colonyInstanceId: world === undefined ? null : INSTANCE,
      tick: world === undefined ? null : this.tick,
      tickAgeMs: world === undefined ? null : 0,
      horizon: this.tick + HORIZON_TICKS,
      paused: this.#paused,
      runUntil: null,
      ticksPerSecond: { achieved: this.#paused ? 0 : 59.8, asked: this.#asked },
      spec: world === undefined ? null : this.#spec,
      rules: world === undefined ? null : this.#spec.rules,
      engineVersion: ENGINE_VERSION,
      defaultSpec: this.#defaultSpec,
      topologyVersion: 1,
      wantedBackends: 2,
      backends: this.#backends(),
      coordinators: [
        {
          ...{ id: leader.id, bootId: leader.id, address: leader.address, leads: true },
          ...{ startedAt: '2026-11-30T00:00:00.000Z', version: '0.1.0' },
        },
      ],
      leader,
      checkpoint: null,
      replay: null,
      recovery: null,
      lastDigest: this.#lastDigest,
      statistics:
        world === undefined ? null : { tick: this.tick, values: { ...world.statistics() } },
      lastFailure: null,
      fault: null,
    };
  }

  async clusterHistory(): ReturnType<ColonyApi['clusterHistory']> {
    const points = { elapsedMs: [], phase: [], tick: [], ticksPerSecond: [] };
    const begins = '2026-11-30T00:00:00.000Z';
    return { etag: '1', history: { begins, epoch: 1, points, backends: [], troubles: [] } };
  }

  drawnWorld(): WorldSpec {
    if (this.#world !== undefined) return this.#spec;
    throw new ColonyError('COLONY_NOT_STARTED', 'there is nothing to draw');
  }

  async topology() {
    const { width, height, shardSize } = this.#spec;
    const shards = (this.#world?.blocks ?? []).map((_, shard) => shard);
    return {
      status: 'initialized' as const,
      colonyInstanceId: INSTANCE,
      generation: 1,
      topologyVersion: 1,
      ...{ width, height, shardSize, ticksPerExchange: 1 },
      backends: this.#backends().map(({ id, bootId, address }, i) => ({
        ...{ id, bootId, address },
        shards: shards.filter((shard) => shard % 4 === i),
      })),
    };
  }

  async digests() {
    return this.#lastDigest === null ? [] : [this.#lastDigest];
  }

  async series(_: 'statistics', asked: { from?: number; to?: number; points: number }) {
    if (this.#world === undefined) {
      throw new ColonyError('COLONY_NOT_STARTED', 'nothing is kept of it');
    }
    return this.#statistics.read(asked);
  }

  async events({ from, limit }: { from?: number; limit: number }) {
    return this.#events.list(this.#spec, this.tick, from, limit);
  }

  async picture(layer: Layer, rect: PictureRect) {
    const world = this.#drawn();
    const { tick } = world;
    const picture = createPicture({ layer, ...rect, minTick: tick, maxTick: tick });
    const pixels = picture.subarray(PICTURE_HEADER_BYTES);
    world.blocks.forEach((block, i) => {
      sampleLayer(block, layer, this.#spec.rules, tick, rect, i % 4, pixels);
    });
    return { etag: `instance-1:${tick}`, picture };
  }

  async tiles(range: TileRange, since: string | undefined): Promise<Uint8Array> {
    const world = this.#drawn();
    const { layer, zoom } = range;
    const { rules, width, height } = this.#spec;
    const tiles = tilesOf(range).map(({ x, y }) => {
      const size = tileSize(this.#spec, zoom, x, y);
      const area = { x: x * TILE_PIXELS, y: y * TILE_PIXELS, ...size };
      const image = imageOf(area, layer);
      for (const block of world.blocks) {
        const view = { layer, zoom, rules, tick: world.tick, owner: 1 };
        drawSquares(block, view, image, new SharedSamples());
      }
      return new Uint8Array(image.pixels.buffer as ArrayBuffer);
    });
    const ticks = { minTick: world.tick, maxTick: world.tick };
    const tag = (++this.#tilesGiven).toString(16).padStart(16, '0');
    const answer = { ...range, ...ticks, world: { width, height }, tag, tiles };
    return this.#recentTiles.encode(this.#recentTiles.keep(answer), since);
  }

  async cells({ x, y, width, height }: ReadCellsRequest) {
    const world = this.#drawn();
    const part = await cellsPart(
      { read: async (look) => look(world.blocks, { minTick: world.tick, maxTick: world.tick }) },
      this.#spec,
      { x, y, width, height },
    );
    const { cells, minTick, maxTick } = decodeCells(part, width * height);
    const { place: _, ...columns } = cells;
    const numbers = Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, [...column]]),
    ) as Omit<CellsView['cells'], 'owner' | 'shard'>;
    const { width: across, height: down, shardSize } = this.#spec;
    const shard = Array.from({ length: width * height }).map((_, i) => {
      const column = Math.floor(((x + (i % width)) % across) / shardSize);
      const row = Math.floor(((y + Math.floor(i / width)) % down) / shardSize);
      return row * (across / shardSize) + column;
    });
    const owner = shard.map((index) => index % 4);
    return {
      ...{ colonyInstanceId: INSTANCE, tick: minTick, maxTick, x, y, width, height },
      cells: { ...numbers, owner, shard },
    };
  }

  /** The world, one tick later while it runs. */
  #drawn(): SingleWorld {
    const world = this.#world;
    if (world === undefined) throw new ColonyError('COLONY_NOT_STARTED', 'nothing to picture');
    if (this.#recordTick !== undefined) throw new ColonyError('NO_LEADER', 'not taken up yet');
    if (!this.#paused) this.#step();
    return world;
  }

  leadership() {
    return { leads: true, leaderAddress: leader.address };
  }

  notReady() {
    return undefined;
  }

  #backends(): ColonyView['backends'] {
    const world = this.#world;
    return [1, 2, 3, 4].map((n) => ({
      id: `backend-${n}`,
      bootId: `boot-${n}`,
      address: `http://127.0.0.1:900${n}`,
      pid: 1000 + n,
      state: world === undefined ? 'Idle' : this.#paused ? 'AtHorizon' : 'Ticking',
      tick: world === undefined ? null : this.tick,
      lag: world === undefined ? null : 0,
      shards: (world?.blocks ?? []).filter((_, i) => i % 4 === n - 1).length,
      waitingFor: [],
      owner: world === undefined ? null : n - 1,
      ageMs: 100,
      ticksPerSecond: world === undefined ? null : 59.8,
      waiting: { halos: n / 10, horizon: 0, pace: 0.4, samples: 0 },
      memoryBytes: 100_000_000 + n * 10_000_000,
      processors: 0.4,
      uptimeSeconds: 60,
      restarts: 0,
      trouble: null,
    }));
  }

  #step(): void {
    if (this.#world === undefined) return;
    this.#world.step();
    this.#statistics.note(this.#world);
    if (this.tick % 100 === 0) this.#noteDigest();
  }

  #noteDigest(): void {
    if (this.#world === undefined) return;
    this.#lastDigest = { tick: this.tick, digest: formatDigest(this.#world.digest()) };
  }

  #ran(): RunAnswer {
    return {
      colonyInstanceId: INSTANCE,
      paused: this.#paused,
      effectiveTick: this.tick,
      ticksPerSecond: this.#asked,
    };
  }
}
