import type { Changes } from '../../services/world/measuring/changes.ts';
import { formatDigest } from '../../services/world/measuring/digest.ts';
import type { Statistics } from '../../services/world/measuring/statistics.ts';
import { SingleWorld } from '../../services/world/single-world.ts';
import { DEFAULT_RULES } from '../../services/world/spec/rules.ts';
import type { WorldSpec } from '../../services/world/spec/spec.ts';

/** Small enough for many runs, large enough for several backends. */
export const SMALL_WORLD: WorldSpec = {
  width: 96,
  height: 64,
  shardSize: 16,
  seed: 7,
  rules: DEFAULT_RULES,
  randomEvents: false,
};

const knownRows = new Map<string, { world: SingleWorld; rows: (Statistics & Changes)[] }>();

/** What is measured of such a world in the state of a tick, a multiple of 20. */
export function expectedRow(tick: number, spec: WorldSpec = SMALL_WORLD): Statistics & Changes {
  const key = JSON.stringify(spec);
  const known = knownRows.get(key) ?? { world: new SingleWorld(spec), rows: [] };
  knownRows.set(key, known);
  const { world, rows } = known;
  while (world.tick <= tick) {
    if (world.tick % 20 === 0) rows.push({ ...world.statistics(), ...world.takeChanges() });
    world.step();
  }
  const row = rows[tick / 20];
  if (row === undefined) throw new Error(`tick ${tick} is no multiple of 20`);
  return row;
}

const knownDigests = new Map<string, { world: SingleWorld; digests: Map<number, string> }>();

/** The digest of a world run in one piece in one process. */
export function expectedDigest(tick: number, spec: WorldSpec = SMALL_WORLD): string {
  const key = JSON.stringify(spec);
  const known = knownDigests.get(key) ?? { world: new SingleWorld(spec), digests: new Map() };
  knownDigests.set(key, known);
  const { world, digests } = known;
  while (world.tick <= tick) {
    if (world.tick % 100 === 0) digests.set(world.tick, formatDigest(world.digest()));
    world.step();
  }
  const digest = digests.get(tick);
  if (digest === undefined) throw new Error(`tick ${tick} is no multiple of 100`);
  return digest;
}
