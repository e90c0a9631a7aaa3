/** Working memory of the tick, shared by the shards of a thread; holds nothing between ticks. */
export interface TickScratch {
  /** The most cells, margins included, of a block that can be ticked with it. */
  readonly cells: number;
  /** X[x] of each column and Y[y] of each row of the block being ticked. */
  readonly columnKeys: Int32Array;
  readonly rowKeys: Int32Array;
  /** What the creature of a cell may do in this tick (see the ACTION bits); else stale. */
  readonly action: Uint8Array;
  /**
   * After B the directions from which a cell is claimed, each as the direction that its claimant
   * looks; after C only that of the claimant it is granted to. 0 = no claimant.
   */
  readonly claim: Uint8Array;
  /** Indices of the cells whose creature may intend something. */
  readonly candidates: Int32Array;
  /** Indices of the cells that are claimed. */
  readonly targets: Int32Array;
}

/** Action byte: ready to breed. */
export const ACTION_BREED = 128;
/** Action byte: can kill, and its kill draw succeeded. */
export const ACTION_KILL = 64;
/** Action byte: can move. */
export const ACTION_MOVE = 32;
/** Action byte: a child born to it in this tick is mutated. */
export const ACTION_MUTATE = 16;
/** Action byte: the draw by which it picks among its candidates. */
export const ACTION_PICK = 7;

/**
 * @param cells the most cells of a block, margins included: stride · rows.
 * @param longestSide the most columns or rows, margins included.
 */
export function createTickScratch(cells: number, longestSide: number = cells): TickScratch {
  return {
    cells,
    columnKeys: new Int32Array(longestSide),
    rowKeys: new Int32Array(longestSide),
    action: new Uint8Array(cells),
    claim: new Uint8Array(cells),
    candidates: new Int32Array(cells),
    targets: new Int32Array(cells),
  };
}
