import { effect } from '@preact/signals';
import type { Layer } from '../../../../world/measuring/layers.ts';
import type { Rules } from '../../../../world/spec/rules.ts';
import type { Cells } from '../../api/world-client.ts';
import { worldSpec } from '../../state/colony.ts';
import { type Mark, marked } from '../../state/selection.ts';
import { layer } from '../../state/url-state.ts';
import { type CellLooks, cellLooks } from '../cells/cell-looks.ts';
import { drawList } from '../drawing/draw-list.ts';
import { CannotDraw } from '../drawing/programs.ts';
import { Renderer } from '../drawing/renderer.ts';
import { Sharpness } from '../drawing/sharpness.ts';
import type { Tile, TileStore } from '../tiles/tile-store.ts';
import { type Camera, type Point, type Screen, upperLeft, type World } from '../view/camera.ts';
import { seenTiles, tileZoom } from '../view/cover.ts';
import { detailedCells, detailedRectangle } from './cells-feed.ts';
import { changes, drawnTick } from './pictures.ts';
import { palette, rules } from './present.ts';
import { camera, movingMs, screen } from './seen.ts';
import { markLayer, pixelLeast } from './tile-feed.ts';

/** Draws the world whenever something of it has changed, at most once per picture of the screen. */
export class Stage {
  readonly #canvas: HTMLCanvasElement;
  readonly #store: TileStore;
  readonly #renderer: Renderer;
  readonly #stops: (() => void)[];
  readonly #onCannotDraw: (error: CannotDraw) => void;
  readonly #sharpness = new Sharpness();
  #frame: number | undefined;
  /** Until the view rests and is drawn sharply. */
  #rest: ReturnType<typeof setTimeout> | undefined;
  #isTimed = false;
  #looks:
    | { cells: Cells; layer: Layer; rules: Rules; mark: Mark | undefined; looks: CellLooks }
    | undefined;

  /**
   * @param onCannotDraw the graphics turn out to refuse what is drawn with: the stage is to be stopped.
   * @throws CannotDraw without WebGL2.
   */
  constructor(
    canvas: HTMLCanvasElement,
    store: TileStore,
    onCannotDraw: (error: CannotDraw) => void,
  ) {
    this.#canvas = canvas;
    this.#store = store;
    this.#onCannotDraw = onCannotDraw;
    this.#renderer = new Renderer(canvas, () => this.#soon());
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = canvas;
      if (width > 0 && height > 0) screen.value = { width, height };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(canvas);
    measure();
    const stopDrawing = effect(() => {
      const of = [camera.value, layer.value, rules.value, marked.value, changes.value];
      if (of.length > 0) this.#soon();
    });
    this.#stops = [stopDrawing, () => observer.disconnect()];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    screen.value = undefined;
    drawnTick.value = undefined;
  }

  #soon(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      try {
        this.#draw();
      } catch (error) {
        if (!(error instanceof CannotDraw)) throw error;
        this.#onCannotDraw(error);
      }
    });
  }

  #draw(): void {
    const [seen, world, size] = [camera.peek(), worldSpec.peek(), screen.peek()];
    if (seen === undefined || world === undefined || size === undefined) {
      drawnTick.value = undefined;
      return;
    }
    const shown = layer.peek();
    const tiles = seenTiles(seen, world, size, tileZoom(seen.scale, pixelLeast()));
    const list = drawList(this.#store, shown, tiles);
    const kinds = markLayer();
    this.#renderer.draw({
      camera: seen,
      world,
      screen: size,
      ratio: devicePixelRatio * this.#share(),
      layer: shown,
      palette: palette(shown),
      pieces: list.pieces,
      cells: this.#detail(seen, world, size),
      mark: marked.peek(),
      kindsOf: ({ zoom, x, y }: Tile) => kinds && this.#store.get(kinds, zoom, x, y),
    });
    if (movingMs() > 0) this.#timeDrawing();
    const detail = this.#isDetailed(seen, world, size) ? detailedCells.peek()?.tick : undefined;
    const tick = detail ?? list.minTick;
    drawnTick.value = tick;
    const name = tick === undefined ? 'not drawn yet' : `at tick ${tick}`;
    const label = `The world ${name}, layer ${shown}`;
    if (this.#canvas.ariaLabel !== label) this.#canvas.ariaLabel = label;
  }

  /** How sharply to draw: fully what stands, and what moves as far as it goes on smoothly. */
  #share(): number {
    const leftMs = movingMs();
    const { share } = this.#sharpness;
    clearTimeout(this.#rest);
    if (leftMs === 0 || share === 1) return 1;
    this.#rest = setTimeout(() => this.#soon(), leftMs + 1);
    return share;
  }

  /** One picture at a time: of those that wait for each other the times would say little. */
  #timeDrawing(): void {
    if (this.#isTimed) return;
    this.#isTimed = true;
    this.#renderer.whenDrawn((durationMs) => {
      this.#isTimed = false;
      if (durationMs !== undefined) this.#sharpness.took(durationMs);
    });
  }

  #isDetailed(seen: Camera, world: World, size: Screen): boolean {
    return detailedRectangle(seen, world, size) !== undefined;
  }

  #detail(seen: Camera, world: World, size: Screen) {
    const cells = detailedCells.peek();
    if (cells === undefined || !this.#isDetailed(seen, world, size)) return undefined;
    const of = { cells, layer: layer.peek(), rules: rules.peek(), mark: marked.peek() };
    const before = this.#looks;
    const isSame =
      before?.cells === of.cells &&
      before.layer === of.layer &&
      before.rules === of.rules &&
      before.mark === of.mark;
    if (!isSame) {
      this.#looks = { ...of, looks: cellLooks(cells, of.layer, of.rules, of.mark) };
    }
    const looks = this.#looks?.looks;
    return looks && { looks, places: imagesOf(cells, seen, world, size) };
  }
}

/** Where a rectangle of cells is seen, in world coordinates that are not wrapped. */
function imagesOf(cells: Cells, seen: Camera, world: World, size: Screen): Point[] {
  const { left, top } = upperLeft(seen, size);
  const axis = (at: number, length: number, side: number, start: number, shown: number) => {
    const starts: number[] = [];
    const first = Math.ceil((start - length - at) / side);
    for (let i = first; at + i * side < start + shown; i++) starts.push(at + i * side);
    return starts;
  };
  const columns = axis(cells.x, cells.width, world.width, left, size.width / seen.scale);
  const rows = axis(cells.y, cells.height, world.height, top, size.height / seen.scale);
  return rows.flatMap((y) => columns.map((x) => ({ x, y })));
}
