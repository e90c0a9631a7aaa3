import { afterEach, describe, expect, it } from 'vitest';
import type { CellsView } from '../../../services/protocol/api/cells-view.ts';
import type { TopologyView } from '../../../services/protocol/api/public-api.ts';
import {
  type DecodedTiles,
  decodeTiles,
  earlierTiles,
} from '../../../services/protocol/wire/tile-codec.ts';
import { cellIndex, wrap } from '../../../services/world/cells/cell-block.ts';
import { LAYERS, type Layer } from '../../../services/world/measuring/layers.ts';
import { SharedSamples } from '../../../services/world/measuring/shared-samples.ts';
import { drawSquares, imageOf } from '../../../services/world/measuring/squares.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';

describe('a colony that is watched', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  afterEach(() => cluster.close());

  async function startOn(backends: number): Promise<void> {
    cluster = new ColonyCluster();
    leader = await cluster.addCoordinator();
    for (let i = 0; i < backends; i++) await cluster.addBackend();
    await cluster.clock.advance(1_000);
    await cluster.during(colonyStart(leader, 'key-1', { waitSeconds: 25 }));
    await cluster.clock.advance(1_000);
  }

  async function pause(): Promise<SingleWorld> {
    const answer = await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
    const { effectiveTick } = (await answer.json()) as { effectiveTick: number };
    await cluster.clock.advance(10_000);
    const world = new SingleWorld(SMALL_WORLD);
    while (world.tick < effectiveTick) world.step();
    return world;
  }

  const get = async (path: string, at = leader) => cluster.during(at.request(path));
  const tiles = async (query: string, since?: DecodedTiles): Promise<DecodedTiles> => {
    const tag = since === undefined ? '' : `&since=${since.tag}`;
    const answer = await get(`/tiles?${query}${tag}`);
    expect(answer.status).toBe(200);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return decodeTiles(bytes, since && earlierTiles(since));
  };

  /** The one tile of the small world at a zoom, drawn in one piece. */
  function drawn(world: SingleWorld, layer: Layer, zoom: number): Uint8Array {
    const width = Math.ceil(SMALL_WORLD.width / 2 ** zoom);
    const height = Math.ceil(SMALL_WORLD.height / 2 ** zoom);
    const image = imageOf({ x: 0, y: 0, width, height }, layer);
    const view = { layer, zoom, rules: SMALL_WORLD.rules, tick: world.tick, owner: 1 };
    for (const block of world.blocks) drawSquares(block, view, image, new SharedSamples());
    return new Uint8Array(image.pixels.buffer as ArrayBuffer);
  }

  it.each([1, 2, 5])('shows the tiles of the world in one piece, on %i backends', async (count) => {
    await startOn(count);
    const world = await pause();
    for (const layer of LAYERS.filter((one) => one !== 'owner')) {
      for (const zoom of [0, 1, 3, 6, 8]) {
        const { tiles: shown, minTick, maxTick } = await tiles(`layer=${layer}&zoom=${zoom}`);
        expect([minTick, maxTick]).toEqual([world.tick, world.tick]);
        expect(shown).toHaveLength(1);
        expect(Buffer.compare(shown[0]!.pixels, drawn(world, layer, zoom))).toBe(0);
      }
    }
  });

  it('shows which backend holds what', async () => {
    await startOn(2);
    const { tiles: shown } = await tiles('layer=owner');
    expect(new Set(shown[0]!.pixels)).toEqual(new Set([1, 2]));
  });

  it('tells what has changed since an answer, and nothing where nothing has', async () => {
    await startOn(2);
    const first = await tiles('layer=health');
    await cluster.clock.advance(500);
    const world = await pause();
    const second = await tiles('layer=health', first);
    expect(second.tiles[0]!.isChanged).toBe(true);
    expect(Buffer.compare(second.tiles[0]!.pixels, drawn(world, 'health', 0))).toBe(0);
    const third = await tiles('layer=health', second);
    expect(third.tag).toBe(second.tag);
    expect(third.tiles[0]).toMatchObject({ isChanged: false, pixels: second.tiles[0]!.pixels });
  });

  it('tells tiles whole to whom names an answer that is not known, or of another layer', async () => {
    await startOn(2);
    const food = await tiles('layer=food');
    for (const tag of [food.tag, '00000000000000ff']) {
      const answer = await get(`/tiles?layer=health&since=${tag}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      expect(decodeTiles(bytes).tiles[0]!.isChanged).toBe(true);
    }
  });

  it('shows all tiles of one tick while it ticks', async () => {
    await startOn(3);
    const seen = new Set<number>();
    for (let i = 0; i < 10; i++) {
      const { minTick, maxTick } = await tiles('layer=food');
      expect(minTick).toBe(maxTick);
      seen.add(minTick);
      await cluster.clock.advance(35);
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  it.each([1, 3])('tells cells one by one, across the edges too, on %i backends', async (count) => {
    await startOn(count);
    const world = await pause();
    const topology = (await (await get('/topology')).json()) as TopologyView;
    const { width, height, shardSize } = SMALL_WORLD;
    const rect = { x: width - 9, y: height - 7, width: 40, height: 30 };
    const answer = await get(`/cells?x=${rect.x}&y=${rect.y}&width=40&height=30`);
    expect(answer.status).toBe(200);
    const { cells, ...about } = (await answer.json()) as CellsView;
    expect(about).toEqual({
      ...{ ...rect, tick: world.tick, maxTick: world.tick },
      colonyInstanceId: (topology as { colonyInstanceId: string }).colonyInstanceId,
    });
    const [block] = world.blocks as [(typeof world.blocks)[0]];
    for (let place = 0; place < 40 * 30; place++) {
      const x = wrap(rect.x + (place % 40), width);
      const y = wrap(rect.y + Math.floor(place / 40), height);
      const i = cellIndex(block, x, y);
      const size = block.size[i]!;
      const ofCreature = (value: number) => (size === 0 ? 0 : value);
      const shard = Math.floor(y / shardSize) * (width / shardSize) + Math.floor(x / shardSize);
      const told = Object.fromEntries(
        Object.entries(cells).map(([name, column]) => [name, column[place]]),
      );
      expect(told).toEqual({
        ...{ food: block.food[i], extraFood: block.extraFood[i], size, shard },
        traits: ofCreature(block.traits[i]!),
        health: ofCreature(block.health[i]!),
        ageTicks: ofCreature((world.tick - block.birth[i]!) & 0xffff),
        colour: ofCreature(block.colour[i]!),
        lineage: ofCreature(block.lineage[i]!),
        owner: (topology as { backends: { shards: number[] }[] }).backends.findIndex(({ shards }) =>
          shards.includes(shard),
        ),
      });
    }
  });

  it('is shown by a standby too, which asks the leader', async () => {
    await startOn(1);
    const standby = await cluster.addCoordinator();
    await cluster.clock.advance(1_000);
    expect((await get('/tiles?layer=size', standby)).status).toBe(200);
    expect((await get('/cells?x=0&y=0', standby)).status).toBe(200);
  });

  it('says so when a backend is lost', async () => {
    await startOn(1);
    const lost = await cluster.addBackend();
    await cluster.clock.advance(20_000);
    lost.kill();
    for (const path of ['/tiles?layer=size', '/cells?x=0&y=0&width=96&height=40']) {
      const answer = await get(path);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ code: 'BACKEND_UNREACHABLE' });
    }
  });
});
