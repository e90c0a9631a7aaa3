import { LAYER_BYTES, type Layer } from '../../../../world/measuring/layers.ts';
import type { Mark } from '../../state/selection.ts';
import type { CellLooks } from '../cells/cell-looks.ts';
import type { Tile } from '../tiles/tile-store.ts';
import { type Camera, type Point, type Screen, upperLeft, type World } from '../view/camera.ts';
import type { Piece } from './draw-list.ts';
import { CannotDraw, createProgram, createTexture, type Program, upload } from './programs.ts';
import { CELLS_FRAGMENT, RECTANGLE_VERTEX } from './shaders.ts';
import { BACKGROUND, TilePrograms } from './tile-programs.ts';
import { TileTextures } from './tile-textures.ts';

/** What a picture of the screen shows. */
export interface Scene {
  camera: Camera;
  world: World;
  screen: Screen;
  /** Pixels drawn per CSS pixel. */
  ratio: number;
  layer: Layer;
  /** Of the layer; the same array as long as it is the same palette. */
  palette: Uint32Array<ArrayBuffer>;
  pieces: readonly Piece[];
  /** Single cells, where they begin in the world, not wrapped, in each of the places where they are seen. */
  cells: { looks: CellLooks; places: readonly Point[] } | undefined;
  /** Whoever is not of this kind is dimmed. */
  mark: Mark | undefined;
  /** The tile of the colours of species or lineages where a tile is. */
  kindsOf(tile: Tile): Tile | undefined;
}

/** How often it is looked whether the graphics are done. */
const FENCE_EVERY_MS = 4;
/** A look so much after its time is late: the page's own thread was at something else. */
const LATE_MS = 5;
/** Value v is at column v mod 256 of row v / 256. */
const PALETTE_SIDE = 256;
/** The line where the world begins again. */
const SEAM: readonly [number, number, number] = [0.36, 0.42, 0.5];

/** What one context holds; a lost context takes all of it along. */
interface Resources {
  tiles: TilePrograms;
  /** Made when single cells are drawn first. */
  cells: Program | undefined;
  textures: TileTextures;
  palette: { texture: WebGLTexture; of: Uint32Array | undefined };
  looks: { textures: [WebGLTexture, WebGLTexture, WebGLTexture]; of: CellLooks | undefined };
}

/** Draws scenes into a canvas, in WebGL2. */
export class Renderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  #resources: Resources | undefined;

  /**
   * @param onRestored a lost context is back: the scene is to be drawn again.
   * @throws CannotDraw without WebGL2.
   */
  constructor(canvas: HTMLCanvasElement, onRestored: () => void) {
    const gl = canvas.getContext('webgl2', {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      powerPreference: 'low-power',
    });
    if (gl === null) {
      throw new CannotDraw(
        'This browser has no WebGL2, with which the world is drawn. A current version of any browser has it; it may be switched off in its settings.',
      );
    }
    this.#canvas = canvas;
    this.#gl = gl;
    this.#resources = createResources(gl);
    canvas.addEventListener('webglcontextlost', (event) => {
      // Else it would not come back.
      event.preventDefault();
      this.#resources = undefined;
    });
    canvas.addEventListener('webglcontextrestored', () => {
      this.#resources = createResources(gl);
      onRestored();
    });
  }

  /** @throws CannotDraw if the graphics refuse a program. */
  draw(scene: Scene): void {
    const resources = this.#resources;
    if (resources === undefined) return;
    const gl = this.#gl;
    const { screen, ratio } = scene;
    const width = Math.max(1, Math.round(screen.width * ratio));
    const height = Math.max(1, Math.round(screen.height * ratio));
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    gl.viewport(0, 0, width, height);
    gl.clearColor(...BACKGROUND, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.#drawTiles(scene, resources);
    if (scene.cells !== undefined) this.#drawCells(scene, scene.cells, resources);
    this.#drawSeams(scene, { width, height });
  }

  /**
   * Tells how long the graphics take from now on until all is drawn that was asked for: where a processor draws, they
   * are still at it when `draw` returns. A look that comes late, because the page's own thread was busy, tells nothing
   * of the graphics: then it is the time at which they were surely still at it.
   *
   * @param tell milliseconds; undefined: not known, or the graphics were lost meanwhile.
   */
  whenDrawn(tell: (durationMs: number | undefined) => void): void {
    const gl = this.#gl;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (fence === null) {
      tell(undefined);
      return;
    }
    gl.flush();
    const startMs = performance.now();
    let dueMs = 0;
    let notDoneMs: number | undefined;
    const look = () => {
      const tookMs = performance.now() - startMs;
      const state = gl.clientWaitSync(fence, 0, 0);
      if (state === gl.TIMEOUT_EXPIRED) {
        notDoneMs = tookMs;
        dueMs = tookMs + FENCE_EVERY_MS;
        setTimeout(look, FENCE_EVERY_MS);
        return;
      }
      gl.deleteSync(fence);
      const isLate = tookMs - dueMs > LATE_MS;
      tell(state === gl.WAIT_FAILED ? undefined : isLate ? notDoneMs : tookMs);
    };
    setTimeout(look, 0);
  }

  #drawTiles(scene: Scene, { tiles, textures, palette }: Resources): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE1);
    this.#bindPalette(scene, palette);
    const isColour = LAYER_BYTES[scene.layer] === 4;
    const { left, top } = upperLeft(scene.camera, scene.screen);
    for (const piece of scene.pieces) {
      const kinds = scene.mark && scene.kindsOf(piece.tile);
      const program = tiles.use({ isColour, isMarking: kinds !== undefined }, scene);
      if (kinds !== undefined) {
        gl.activeTexture(gl.TEXTURE2);
        textures.bind(kinds);
      }
      gl.activeTexture(gl.TEXTURE0);
      textures.bind(piece.tile);
      const pixels = 2 ** -piece.tile.zoom;
      const { pixelX, pixelY, tile } = piece;
      this.#rectangle(scene, program, piece, { left, top }, [
        pixelX / tile.width,
        pixelY / tile.height,
        (pixelX + piece.width * pixels) / tile.width,
        (pixelY + piece.height * pixels) / tile.height,
      ]);
    }
    tiles.drawn();
    textures.evict();
  }

  #bindPalette({ palette }: Scene, bound: Resources['palette']): void {
    const gl = this.#gl;
    gl.bindTexture(gl.TEXTURE_2D, bound.texture);
    if (bound.of === palette) return;
    bound.of = palette;
    const entries = Math.max(1, palette.length);
    const width = Math.min(entries, PALETTE_SIDE);
    const pixels = palette.length === 0 ? new Uint8Array(4) : new Uint8Array(palette.buffer);
    upload(gl, 'colours', { width, height: entries / width }, pixels, false);
  }

  #drawCells(
    scene: Scene,
    { looks, places }: NonNullable<Scene['cells']>,
    resources: Resources,
  ): void {
    const gl = this.#gl;
    resources.cells ??= createProgram(gl, RECTANGLE_VERTEX, CELLS_FRAGMENT);
    const { cells, looks: bound } = resources;
    gl.useProgram(cells.program);
    gl.uniform2f(cells.uniform('screen'), scene.screen.width, scene.screen.height);
    gl.uniform1f(cells.uniform('scale'), scene.camera.scale);
    const layers = [
      ['ground', 'colours', looks.ground],
      ['body', 'colours', looks.body],
      ['traits', 'quads', looks.traits],
    ] as const;
    for (const [unit, [name, form, pixels]] of layers.entries()) {
      gl.uniform1i(cells.uniform(name), unit);
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, bound.textures[unit] ?? null);
      if (bound.of !== looks) upload(gl, form, looks, pixels, false);
    }
    bound.of = looks;
    const { width, height } = looks;
    const corner = upperLeft(scene.camera, scene.screen);
    for (const { x, y } of places) {
      const area = { left: x, top: y, width, height };
      this.#rectangle(scene, cells, area, corner, [0, 0, width, height]);
    }
  }

  /** @param source the corners in the texture. */
  #rectangle(
    { camera: { scale } }: Scene,
    program: Program,
    area: { left: number; top: number; width: number; height: number },
    corner: { left: number; top: number },
    source: [number, number, number, number],
  ): void {
    const gl = this.#gl;
    gl.uniform4f(
      program.uniform('area'),
      (area.left - corner.left) * scale,
      (area.top - corner.top) * scale,
      (area.left + area.width - corner.left) * scale,
      (area.top + area.height - corner.top) * scale,
    );
    gl.uniform4f(program.uniform('source'), ...source);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  /** A line of one CSS pixel wherever the world begins again. */
  #drawSeams({ camera, screen, world, ratio }: Scene, canvas: Screen): void {
    const gl = this.#gl;
    const { left, top } = upperLeft(camera, screen);
    const thick = Math.max(1, Math.round(ratio));
    gl.enable(gl.SCISSOR_TEST);
    gl.clearColor(...SEAM, 1);
    for (const at of seams(left, screen.width / camera.scale, world.width)) {
      gl.scissor(Math.round((at - left) * camera.scale * ratio), 0, thick, canvas.height);
      gl.clear(gl.COLOR_BUFFER_BIT);
    }
    for (const at of seams(top, screen.height / camera.scale, world.height)) {
      const down = Math.round((at - top) * camera.scale * ratio);
      gl.scissor(0, canvas.height - down - thick, canvas.width, thick);
      gl.clear(gl.COLOR_BUFFER_BIT);
    }
    gl.disable(gl.SCISSOR_TEST);
  }
}

/** The multiples of a side of the world that are seen on an axis. */
function seams(start: number, length: number, side: number): number[] {
  const found: number[] = [];
  for (let at = Math.ceil(start / side) * side; at <= start + length; at += side) found.push(at);
  return found;
}

function createResources(gl: WebGL2RenderingContext): Resources {
  return {
    tiles: new TilePrograms(gl),
    cells: undefined,
    textures: new TileTextures(gl),
    palette: { texture: createTexture(gl), of: undefined },
    looks: {
      textures: [createTexture(gl), createTexture(gl), createTexture(gl)],
      of: undefined,
    },
  };
}
