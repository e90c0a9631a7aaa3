import { CellPacker } from '../../kernel/packing/cell-packer.ts';
import type { SnapshotStoreConfig } from '../../platform/snapshots/create-snapshot-store.ts';
import type { PartObject } from '../../protocol/checkpoint/manifest.ts';
import { viewParcel } from '../../world/cells/cell-parcel.ts';
import { bandRows, packCells, unpackCells } from '../../world/cells/packed-cells.ts';
import type { PartPlan } from './checkpoint-writer.ts';
import { type CellPacking, type PartTools, PartWork } from './part-work.ts';
import type { StagedBand } from './staging.ts';

/*
 * What passes between a backend and its thread for checkpoints. Parts are told apart by their number.
 *
 *     begin ──▶ take ──▶ … ──▶ finish      abandon at any time
 *     ◀── progress … ◀── taken      ◀── finished or failed
 */

/** The cells of all slots; in shared memory where the kernel is compiled, else a copy. */
interface Slots {
  readonly cells: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly slots: number;
}

export type ToThread =
  | { readonly kind: 'begin'; readonly part: number; readonly plan: PartPlan }
  | ({
      readonly kind: 'take';
      readonly part: number;
      readonly staged: readonly StagedBand[];
    } & Slots)
  | { readonly kind: 'finish'; readonly part: number }
  | { readonly kind: 'abandon'; readonly part: number };

export type FromThread =
  | { readonly kind: 'progress'; readonly part: number }
  | { readonly kind: 'taken'; readonly part: number }
  | { readonly kind: 'finished'; readonly part: number; readonly objects: readonly PartObject[] }
  | {
      readonly kind: 'failed';
      readonly part: number;
      readonly code?: string;
      readonly message: string;
    };

/**
 * So many objects of parts that were given up may be on their way to a store that does not answer: each keeps its
 * memory, and where the store is a folder one of the four threads by which this process uses its disks.
 */
const HANGING_MAX = 2;

interface Part {
  readonly work: PartWork;
  readonly given: AbortController;
  /** What it was told is done in order. */
  last: Promise<unknown>;
}

/** What a thread is started with. */
export interface WriterThreadData {
  readonly store: SnapshotStoreConfig;
  /** The compiled kernel. @default the readable one packs */
  readonly module?: WebAssembly.Module;
}

/** Packs with the compiled kernel, if there is one. */
export const packingOf = (module: WebAssembly.Module | undefined): CellPacking =>
  module === undefined
    ? { pack: packCells, unpack: unpackCells }
    : new CellPacker(module, bandRows(1));

/** The parts that a thread writes, as it is told; see `ThreadWriter`. */
export class WriterThread {
  readonly #tools: Omit<PartTools, 'onProgress'>;
  readonly #tell: (news: FromThread) => void;
  readonly #parts = new Map<number, Part>();
  /** Objects that are being stored. */
  #storing = 0;

  constructor(tools: Omit<PartTools, 'onProgress'>, tell: (news: FromThread) => void) {
    const { store } = tools;
    this.#tools = {
      ...tools,
      store: {
        getRange: (...range) => store.getRange(...range),
        putIfAbsent: (...object) => {
          this.#storing++;
          return store.putIfAbsent(...object).finally(() => {
            this.#storing--;
          });
        },
      },
    };
    this.#tell = tell;
  }

  hear(message: ToThread): void {
    const { part } = message;
    if (message.kind === 'begin') {
      this.#begin(part, message.plan);
    } else if (message.kind === 'abandon') {
      const givenUp = new Error('it is given up');
      this.#parts.get(part)?.given.abort(givenUp);
      this.#next(part, () => Promise.reject(givenUp));
    } else if (message.kind === 'take') {
      const { staged, cells, width, height, slots } = message;
      const plans = Array.from({ length: slots }, () => ({ width, height }));
      const { rasters } = viewParcel(cells.buffer, cells.byteOffset, plans);
      this.#next(part, async ({ work }) => {
        await work.take(staged, rasters);
        this.#tell({ kind: 'taken', part });
      });
    } else {
      this.#next(part, async ({ work }) => {
        const objects = await work.finish();
        this.#parts.delete(part);
        this.#tell({ kind: 'finished', part, objects });
      });
    }
  }

  #begin(part: number, plan: PartPlan): void {
    // Parts come one at a time: these are of earlier ones.
    if (this.#storing >= HANGING_MAX) {
      const message = `${this.#storing} objects of earlier checkpoints are still being stored`;
      this.#tell({ kind: 'failed', part, message: `${message}: the store does not answer` });
      return;
    }
    const given = new AbortController();
    const onProgress = () => this.#tell({ kind: 'progress', part });
    const work = new PartWork(plan, { ...this.#tools, onProgress }, given.signal);
    this.#parts.set(part, { work, given, last: Promise.resolve() });
  }

  #next(number: number, step: (part: Part) => Promise<void>): void {
    const part = this.#parts.get(number);
    if (part === undefined) return;
    part.last = part.last
      .then(() => step(part))
      .catch((error: unknown) => {
        if (!this.#parts.delete(number)) return;
        const { code, message } = error as { code?: string; message: string };
        this.#tell({ kind: 'failed', part: number, ...(code !== undefined && { code }), message });
      });
  }
}
