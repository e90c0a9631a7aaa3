import type { LocalColony } from './local-colony.ts';

/** A whole checkpoint, as it lies in the store. */
export interface CheckpointSize {
  cells: number;
  /** Of its tick, the first one that was taken from a wanted tick on. */
  tick: number;
  bytesPerCell: number;
  /** Of its size: so many times as large are the cells as the kernel holds them. */
  timesSmallerThanRaw: number;
}

/** A packed cell in the kernel's memory, without margins and padding. */
const RAW_BYTES_PER_CELL = 16;
/** Ticking to a wanted tick takes so long at least, so that it is passed by a few checkpoints only. */
const APPROACH_SECONDS = 8;

/** The sizes of the first checkpoints from some ticks on, in a colony that takes one after the other. Leaves it at some pace. */
export async function measureSizes(
  colony: LocalColony,
  cells: number,
  wantedTicks: readonly number[],
): Promise<CheckpointSize[]> {
  const sizes: CheckpointSize[] = [];
  for (const wanted of wantedTicks) {
    await colony.api.pace(wanted / APPROACH_SECONDS);
    await colony.shows(`a checkpoint of tick ${wanted}`, ({ checkpoint }) => {
      return (checkpoint?.tick ?? -1) >= wanted;
    });
    const listed = await colony.api.checkpoints();
    const first = listed.findLast(({ tick }) => tick >= wanted);
    if (first === undefined) throw new Error(`no checkpoint from tick ${wanted} on is listed`);
    const bytesPerCell = first.sizeBytes / cells;
    sizes.push({
      ...{ cells, tick: first.tick, bytesPerCell },
      timesSmallerThanRaw: RAW_BYTES_PER_CELL / bytesPerCell,
    });
  }
  return sizes;
}
