import { z } from 'zod';
import { GENESIS } from '../../world/events/origin.ts';
import { WORLD_BOUNDS } from '../../world/spec/spec.ts';
import { originSchema } from '../colony/origin.ts';
import { boundedList } from '../common/bounded-list.ts';
import { BACKENDS_MAX, SHARDS_MAX } from '../common/limits.ts';
import { type Bounds, within } from '../common/within.ts';

/** The fewest and the most ticks that one halo exchange may carry. */
export const TICKS_PER_EXCHANGE: Bounds = [1, 16];

const count = z.int().min(0);

/**
 * Which backend owns which shard, and where they start. Immutable: a change is a new version. Shards
 * are numbered row by row; `owners[shard]` is an index into `backends`.
 */
export const topologySchema = z
  .strictObject({
    colonyInstanceId: z.string().min(1),
    generation: count,
    topologyVersion: z.int().min(1),
    width: within(WORLD_BOUNDS.width),
    height: within(WORLD_BOUNDS.height),
    shardSize: within(WORLD_BOUNDS.shardSize),
    /** k: how many ticks one halo exchange carries; the halo is 3 k cells wide. */
    ticksPerExchange: within(TICKS_PER_EXCHANGE),
    backends: boundedList(
      z.strictObject({ bootId: z.string().min(1), id: z.string().min(1), address: z.url() }),
      BACKENDS_MAX,
      1,
    ),
    owners: boundedList(count, SHARDS_MAX, 1),
    /** Where its shards start. Topologies stored by older versions have none: they start from genesis. */
    origin: originSchema.default(GENESIS),
  })
  .superRefine((t, context) => {
    const fail = (message: string) => context.addIssue({ code: 'custom', message });
    if (t.width % t.shardSize !== 0 || t.height % t.shardSize !== 0) {
      fail(`shards of ${t.shardSize} do not divide a world of ${t.width} x ${t.height}`);
    } else if (t.owners.length !== (t.width / t.shardSize) * (t.height / t.shardSize)) {
      fail(`${t.owners.length} owners given, one per shard expected`);
    }
    if (t.owners.some((owner) => owner >= t.backends.length)) fail('an owner is not in backends');
    if (new Set(t.backends.map((b) => b.bootId)).size !== t.backends.length) {
      fail('a backend stands twice in backends');
    }
  });
export type Topology = z.infer<typeof topologySchema>;
export type TopologyBackend = Topology['backends'][number];

/** A shard's place: number, and the global coordinates of its upper left cell. */
export interface ShardPlace {
  shard: number;
  x: number;
  y: number;
}

export function shardPlace(t: Pick<Topology, 'width' | 'shardSize'>, shard: number): ShardPlace {
  const columns = t.width / t.shardSize;
  return {
    shard,
    x: (shard % columns) * t.shardSize,
    y: Math.floor(shard / columns) * t.shardSize,
  };
}

/** The shards of every backend. A thousand backends that each look for theirs would look at every shard as often. */
const shardLists = new WeakMap<Topology, readonly (readonly number[])[]>();

/** The shards of one backend, ascending. A topology never changes: they are looked for once. */
export function shardsOf(t: Topology, backendIndex: number): readonly number[] {
  const known = shardLists.get(t);
  if (known !== undefined) return known[backendIndex] ?? [];
  const lists = t.backends.map((): number[] => []);
  for (const [shard, owner] of t.owners.entries()) lists[owner]?.push(shard);
  shardLists.set(t, lists);
  return lists[backendIndex] ?? [];
}

/** Backends of a topology that have at least one shard. */
export function ownersOf(topology: Topology): TopologyBackend[] {
  return topology.backends.filter((_, index) => shardsOf(topology, index).length > 0);
}
