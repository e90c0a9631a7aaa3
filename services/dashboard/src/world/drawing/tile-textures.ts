import { LAYER_BYTES, type Layer } from '../../../../world/measuring/layers.ts';
import { type Tile, tileKey } from '../tiles/tile-store.ts';
import { createTexture, type TextureForm, upload } from './programs.ts';

/** Textures that are kept: those of a large screen, twice. */
const KEPT_MAX = 160;

const FORMS: Readonly<Record<1 | 2 | 4, TextureForm>> = { 1: 'bytes', 2: 'words', 4: 'colours' };

const formOf = (layer: Layer): TextureForm => FORMS[LAYER_BYTES[layer]];

interface Uploaded {
  texture: WebGLTexture;
  pixels: Uint8Array;
  width: number;
  height: number;
}

/** The tiles that the graphics memory holds; a tile is uploaded when its pixels are others. */
export class TileTextures {
  readonly #gl: WebGL2RenderingContext;
  /** Least recently used first. */
  readonly #uploaded = new Map<string, Uploaded>();

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  /** Binds the texture of a tile to the active unit. */
  bind({ layer, zoom, x, y, width, height, pixels }: Tile): void {
    const gl = this.#gl;
    const key = tileKey(layer, zoom, x, y);
    const before = this.#uploaded.get(key);
    const texture = before?.texture ?? createTexture(gl);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    if (before?.pixels !== pixels) {
      const isSameSize = before?.width === width && before.height === height;
      upload(gl, formOf(layer), { width, height }, pixels, isSameSize);
    }
    this.#uploaded.delete(key);
    this.#uploaded.set(key, { texture, pixels, width, height });
  }

  /** Gives back what no picture has needed for long. */
  evict(): void {
    for (const [key, { texture }] of this.#uploaded) {
      if (this.#uploaded.size <= KEPT_MAX) return;
      this.#gl.deleteTexture(texture);
      this.#uploaded.delete(key);
    }
  }
}
