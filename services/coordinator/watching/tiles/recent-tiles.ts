import {
  type EarlierTiles,
  encodeTiles,
  type TilesAnswer,
} from '../../../protocol/wire/tile-codec.ts';

/** Pixels of answers that are kept, so that later ones can be told against them. */
const TILES_KEPT_MAX_BYTES = 32 * 1024 * 1024;

/** Answers in the order in which they were given, as many as their pixels allow. */
export class RecentTiles {
  readonly #maxBytes: number;
  /** By their tags, the oldest first. */
  readonly #answers = new Map<string, TilesAnswer>();
  /** Those who watch together have the same answer, and had the same before it: they share the bytes. */
  readonly #encoded = new WeakMap<TilesAnswer, { sinceTag: string; bytes: Uint8Array }>();
  #bytes = 0;

  constructor(maxBytes = TILES_KEPT_MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** @returns the answer of this tag: the one that is kept, if there is one. */
  keep(answer: TilesAnswer): TilesAnswer {
    const kept = this.#answers.get(answer.tag) ?? answer;
    this.#drop(answer.tag);
    this.#answers.set(kept.tag, kept);
    this.#bytes += bytesOf(kept);
    for (const [tag] of this.#answers) {
      if (this.#bytes <= this.#maxBytes || tag === kept.tag) break;
      this.#drop(tag);
    }
    return kept;
  }

  /** An answer, told against the one that a client has; whole if that is not kept, or shows something else. */
  encode(answer: TilesAnswer, sinceTag = ''): Uint8Array {
    const known = this.#encoded.get(answer);
    const since = this.#answers.get(sinceTag);
    const isTold = since !== undefined && isAlike(since, answer);
    const told = isTold ? since.tag : '';
    if (known?.sinceTag === told) return known.bytes;
    const bytes = encodeTiles(answer, isTold ? earlier(since) : undefined);
    this.#encoded.set(answer, { sinceTag: told, bytes });
    return bytes;
  }

  #drop(tag: string): void {
    const dropped = this.#answers.get(tag);
    if (dropped === undefined) return;
    this.#answers.delete(tag);
    this.#bytes -= bytesOf(dropped);
  }
}

const isAlike = (a: TilesAnswer, b: TilesAnswer): boolean =>
  a.layer === b.layer &&
  a.zoom === b.zoom &&
  a.world.width === b.world.width &&
  a.world.height === b.world.height;

const bytesOf = ({ tiles }: TilesAnswer): number =>
  tiles.reduce((sum, { byteLength }) => sum + byteLength, 0);

function earlier({ tag, tiles, x, y, columns, rows }: TilesAnswer): EarlierTiles {
  return {
    tag,
    tileAt(tileX, tileY) {
      const [column, row] = [tileX - x, tileY - y];
      const isThere = column >= 0 && column < columns && row >= 0 && row < rows;
      return isThere ? tiles[row * columns + column] : undefined;
    },
  };
}
