import {
  ACTION_RING,
  BLANK_RANK,
  COMPRESS_TABLE,
  DIRECTION_VECTORS,
  EIGHTS,
  EVENTS,
  EVENT_SLACK_BYTES,
  GRANT_RING,
  INTENT_RING,
  RANK_RING,
  SPAN,
} from '../memory-layout';
import { pickVector } from './pick';
import { ringRow } from './scratch';

/** Action bit of a creature that is killed; unused before this phase. */
export const KILLED: u32 = 8;

/** The list of a row's granted blank cells, as u16 columns. */
// @ts-ignore: decorator
@inline
export function claimList(scratch: usize, span: usize, row: i32): usize {
  return <usize>load<u32>(scratch, EVENTS) + <usize>(row & 1) * 2 * listBytes(span);
}

/** The list of its granted occupied cells. */
// @ts-ignore: decorator
@inline
export function killList(scratch: usize, span: usize, row: i32): usize {
  return claimList(scratch, span, row) + listBytes(span);
}

// @ts-ignore: decorator
@inline
function listBytes(span: usize): usize {
  return (span << 1) + EVENT_SLACK_BYTES;
}

/** Which of 16 cells, some cells east of a pointer, claim in a direction. */
// @ts-ignore: decorator
@inline
function aimed(west: usize, cells: usize, direction: v128): v128 {
  return v128.and(v128.load(west + cells), direction);
}

/** Appends the columns of the set bits of 16 cells to a list; returns its new end. */
// @ts-ignore: decorator
@inline
function append(list: usize, table: usize, eights: v128, bits: i32, column: usize): usize {
  const columns = i16x8.splat(<i16>column);
  const lower = bits & 255;
  const upper = bits >> 8;
  v128.store(list, i16x8.add(v128.load(table + (<usize>lower << 4)), columns));
  list += <usize>popcnt(lower) << 1;
  const next = i16x8.add(columns, eights);
  v128.store(list, i16x8.add(v128.load(table + (<usize>upper << 4)), next));
  return list + (<usize>popcnt(upper) << 1);
}

/**
 * Phase C of one row: writes the grant of each claimed cell as one direction bit, lists the granted
 * cells, and marks in the actions who is killed.
 *
 * @returns the lengths of the lists: granted blank cells, and granted occupied ones << 16.
 */
export function resolveRow(scratch: usize, row: i32): u32 {
  const span = <usize>load<u32>(scratch, SPAN);
  const intents = <usize>load<u32>(scratch, INTENT_RING);
  let west = ringRow(intents, span, row) - 1;
  const toAbove = ringRow(intents, span, row - 1) - 1 - west;
  const toBelow = ringRow(intents, span, row + 1) - 1 - west;
  const toGrant = <usize>load<u32>(scratch, GRANT_RING) - intents;
  const toAction = <usize>load<u32>(scratch, ACTION_RING) - intents;
  const toRank = <usize>load<u32>(scratch, RANK_RING) - intents;
  const table = <usize>load<u32>(scratch, COMPRESS_TABLE);
  const claims = claimList(scratch, span, row);
  const kills = killList(scratch, span, row);
  let claim = claims;
  let kill = kills;
  const zero = i32x4.splat(0);
  const lookEast = v128.load(scratch, DIRECTION_VECTORS + 0);
  const lookWest = v128.load(scratch, DIRECTION_VECTORS + 16);
  const lookSouth = v128.load(scratch, DIRECTION_VECTORS + 32);
  const lookNorth = v128.load(scratch, DIRECTION_VECTORS + 48);
  const lookSouthEast = v128.load(scratch, DIRECTION_VECTORS + 64);
  const lookNorthWest = v128.load(scratch, DIRECTION_VECTORS + 80);
  const lookSouthWest = v128.load(scratch, DIRECTION_VECTORS + 96);
  const lookNorthEast = v128.load(scratch, DIRECTION_VECTORS + 112);

  let column: usize = 0;
  do {
    const above = west + toAbove;
    const below = west + toBelow;
    // The claimant to the east claims westwards, and so on.
    let mask = v128.or(
      v128.or(
        v128.or(aimed(west, 2, lookWest), aimed(west, 0, lookEast)),
        v128.or(aimed(below, 1, lookNorth), aimed(above, 1, lookSouth)),
      ),
      v128.or(
        v128.or(aimed(below, 2, lookNorthWest), aimed(above, 0, lookSouthEast)),
        v128.or(aimed(below, 0, lookNorthEast), aimed(above, 2, lookSouthWest)),
      ),
    );
    const unclaimed = i8x16.eq(mask, zero);
    const claimed = i8x16.bitmask(unclaimed) ^ 0xffff;
    if (claimed === 0) {
      v128.store(west + toGrant, mask, 1);
    } else {
      const actions = v128.load(west + toAction, 1);
      mask = pickVector(scratch, mask, actions, zero);
      v128.store(west + toGrant, mask, 1);
      const blank = i8x16.eq(v128.load(west + toRank, 1), v128.load(scratch, BLANK_RANK));
      const survives = v128.or(unclaimed, blank);
      // KILLED is the bit that means a claim to the north.
      v128.store(west + toAction, v128.or(actions, v128.andnot(lookNorth, survives)), 1);
      const eights = v128.load(scratch, EIGHTS);
      const peaceful = i8x16.bitmask(blank) & claimed;
      claim = append(claim, table, eights, peaceful, column);
      // Often there is none, but a branch on that would be mispredicted too often.
      kill = append(kill, table, eights, claimed ^ peaceful, column);
    }
    column += 16;
    west += 16;
  } while (column < span);
  return <u32>((claim - claims) >> 1) | (<u32>((kill - kills) >> 1) << 16);
}
