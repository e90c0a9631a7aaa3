import type { Cells } from '../../api/world-client.ts';
import { type Point, shorterWay, type World, wrapped } from '../view/camera.ts';
import { type Cell, cellAt, ticksApart } from './cells.ts';

/** What stays the same as long as a creature lives, and where it was seen last. */
export interface Followed {
  colonyInstanceId: string;
  colour: number;
  lineage: number;
  size: number;
  /** Bit 0 can kill, bit 1 can move. */
  traits: number;
  /** The tick of its birth modulo 65,536, or up to `birthSlack` before it: cells of one answer may be of different ticks. */
  birth: number;
  birthSlack: number;
  /** Its cell at `tick`. */
  x: number;
  y: number;
  /** When it was seen: at this tick, or up to `slack` ticks later. */
  tick: number;
  slack: number;
}

export type Sighting =
  /** @property twins others in the answer that are alike to the last field, and might be or become mistaken for it. */
  | { kind: 'seen'; creature: Followed; cell: Cell; twins: number }
  /** It is in none of the cells that it could have reached. */
  | { kind: 'dead'; afterTick: number; byTick: number }
  /** It may be further away than was looked. */
  | { kind: 'lost'; afterTick: number; ticks: number }
  /** Another colony, or an earlier tick: the answer says nothing of it. */
  | { kind: 'unknown' };

const CAN_MOVE = 2;

/** Begins to follow whoever lives in a cell of an answer; undefined if nobody does. */
export function followedFrom(cells: Cells, cell: Cell): Followed | undefined {
  if (cell.size === 0) return undefined;
  const { colour, lineage, size, traits, ageTicks, x, y } = cell;
  return {
    colonyInstanceId: cells.colonyInstanceId,
    colour,
    lineage,
    size,
    traits,
    birth: wrapped(cells.tick - ageTicks, 65_536),
    birthSlack: cells.maxTick - cells.tick,
    x,
    y,
    tick: cells.tick,
    slack: cells.maxTick - cells.tick,
  };
}

/** How many cells away it may be at most, by the state of a tick. */
function reachAt(creature: Followed, tick: number): number {
  if ((creature.traits & CAN_MOVE) === 0) return 0;
  return Math.max(0, tick - creature.tick);
}

/** Looks for a creature in an answer that was made around its last place. Pure. */
export function findFollowed(creature: Followed, cells: Cells, world: World): Sighting {
  if (cells.colonyInstanceId !== creature.colonyInstanceId) return { kind: 'unknown' };
  if (cells.maxTick < creature.tick) return { kind: 'unknown' };
  const reach = reachAt(creature, cells.maxTick);
  const alike: Cell[] = [];
  const { size, colour, lineage, traits } = cells.cells;
  for (let i = 0; i < size.length; i++) {
    if (size[i] !== creature.size || colour[i] !== creature.colour) continue;
    if (lineage[i] !== creature.lineage || traits[i] !== creature.traits) continue;
    const cell = cellAt(cells, world, i);
    if (!isBornTogether(creature, cells, cell)) continue;
    alike.push(cell);
  }
  const [nearest] = alike.sort(
    (a, b) => ticksApart(creature, a, world) - ticksApart(creature, b, world),
  );
  if (nearest !== undefined && ticksApart(creature, nearest, world) <= reach) {
    const seen = followedFrom(cells, nearest) ?? creature;
    // What an answer of one tick told of its birth is not to be blurred again.
    const { birth, birthSlack } = seen.birthSlack > creature.birthSlack ? creature : seen;
    const now = { ...seen, birth, birthSlack };
    return { kind: 'seen', creature: now, cell: nearest, twins: alike.length - 1 };
  }
  const ticks = cells.maxTick - creature.tick;
  if (reach > reachSeen(creature, cells, world)) {
    return { kind: 'lost', afterTick: creature.tick, ticks };
  }
  return { kind: 'dead', afterTick: creature.tick, byTick: cells.maxTick };
}

function isBornTogether({ birth, birthSlack }: Followed, cells: Cells, { ageTicks }: Cell) {
  const apart = Math.abs(shorterWay(birth, cells.tick - ageTicks, 65_536));
  return apart <= Math.max(birthSlack, cells.maxTick - cells.tick);
}

/** How many cells around a place an answer has on all sides. */
function reachSeen(from: Point, cells: Cells, world: World): number {
  const onAxis = (at: number, start: number, length: number, side: number) => {
    if (length >= side) return Number.POSITIVE_INFINITY;
    const offset = wrapped(at - start, side);
    return offset >= length ? -1 : Math.min(offset, length - 1 - offset);
  };
  return Math.min(
    onAxis(from.x, cells.x, cells.width, world.width),
    onAxis(from.y, cells.y, cells.height, world.height),
  );
}

/** How far to look around its last place, in cells: as far as it may have come, and as an answer allows. */
export function reachToAsk(
  creature: Followed,
  ticksPerSecond: number,
  msSinceSeen: number,
  reachMax: number,
): number {
  if ((creature.traits & CAN_MOVE) === 0) return 1;
  const ticks = (ticksPerSecond * (msSinceSeen + 250)) / 1000 + creature.slack;
  return Math.min(reachMax, Math.max(4, Math.ceil(1.5 * ticks)));
}
