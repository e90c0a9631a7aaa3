import { FRAME_HEADER_BYTES, frameColumns, frameRows } from '../../protocol/wire/picture-codec.ts';
import { LAYER_BYTES, type Layer } from '../../world/measuring/layers.ts';
import { DEFAULT_RULES, type Rules } from '../../world/spec/rules.ts';
import type { Frame } from './api.ts';
import { lookupTable, paint } from './palette.ts';
import {
  cellAt,
  frameRect,
  pan,
  type Viewport,
  type World,
  wholeWorld,
  zoomAt,
} from './viewport.ts';

const BACKGROUND = '#07090c';

/** Draws the newest frame through the viewport; knows nothing of the network. */
export class WorldCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  /** The frame, one pixel of it per pixel. */
  readonly #picture = document.createElement('canvas');
  #image: ImageData | undefined;
  #frame: Frame | undefined;
  #world: World | undefined;
  #rules: Rules = DEFAULT_RULES;
  #table: { layer: Layer; rules: Rules; words: Uint32Array } | undefined;
  #viewport: Viewport = { x: 0, y: 0, zoom: 1 };
  /** Follows the size of the window until somebody zooms or moves. */
  #fitted = true;
  #drawing = false;
  /** Called when another part of the world is to be seen. */
  onView = () => {};

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('this browser draws no canvas');
    this.#canvas = canvas;
    this.#context = context;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
  }

  get world(): World | undefined {
    return this.#world;
  }

  /** @param world undefined: there is nothing to draw. */
  setWorld(world: World | undefined, rules: Rules = DEFAULT_RULES): void {
    const isSame = world?.width === this.#world?.width && world?.height === this.#world?.height;
    this.#rules = rules;
    if (isSame) return;
    this.#world = world;
    this.#frame = undefined;
    this.fit();
  }

  fit(): void {
    this.#fitted = true;
    if (this.#world === undefined) this.#draw();
    else this.#show(wholeWorld(this.#world, this.#canvas));
  }

  /** @param point in canvas pixels; the middle if left out. */
  zoom(factor: number, point = this.#middle()): void {
    if (this.#world === undefined) return;
    this.#fitted = false;
    this.#show(zoomAt(this.#viewport, this.#world, this.#canvas, point, factor));
  }

  /** @param by in canvas pixels. */
  pan(by: { x: number; y: number }): void {
    if (this.#world === undefined) return;
    this.#fitted = false;
    this.#show(pan(this.#viewport, this.#world, this.#canvas, by));
  }

  cellAt(point: { x: number; y: number }): { x: number; y: number } | undefined {
    return this.#world && cellAt(this.#viewport, this.#world, point);
  }

  /** The part of the world to ask for. */
  rect(layer: Layer) {
    return this.#world && frameRect(this.#viewport, this.#world, this.#canvas, LAYER_BYTES[layer]);
  }

  /** Takes a frame and draws it. */
  take(frame: Frame): void {
    const { header, bytes } = frame;
    const columns = frameColumns(header);
    const rows = frameRows(header);
    if (this.#image?.width !== columns || this.#image.height !== rows) {
      this.#image = new ImageData(columns, rows);
      this.#picture.width = columns;
      this.#picture.height = rows;
    }
    const words = new Uint32Array(this.#image.data.buffer);
    paint(header.layer, bytes.subarray(FRAME_HEADER_BYTES), this.#tableOf(header.layer), words);
    this.#picture.getContext('2d')?.putImageData(this.#image, 0, 0);
    this.#frame = frame;
    const ticks = header.minTick.toLocaleString('en');
    this.#canvas.setAttribute('aria-label', `The world at tick ${ticks}, layer ${header.layer}`);
    this.#draw();
  }

  #tableOf(layer: Layer): Uint32Array {
    if (LAYER_BYTES[layer] === 4) return new Uint32Array(0);
    const rules = this.#rules;
    if (this.#table?.layer !== layer || JSON.stringify(this.#table.rules) !== JSON.stringify(rules))
      this.#table = { layer, rules, words: lookupTable(layer, rules) };
    return this.#table.words;
  }

  #middle() {
    return { x: this.#canvas.width / 2, y: this.#canvas.height / 2 };
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#canvas.width = Math.max(1, Math.round(clientWidth * devicePixelRatio));
    this.#canvas.height = Math.max(1, Math.round(clientHeight * devicePixelRatio));
    if (this.#fitted) this.fit();
    else this.pan({ x: 0, y: 0 });
  }

  #show(viewport: Viewport): void {
    this.#viewport = viewport;
    this.#draw();
    this.onView();
  }

  /** At most once per picture of the screen. */
  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const context = this.#context;
    const { width, height } = this.#canvas;
    context.fillStyle = BACKGROUND;
    context.fillRect(0, 0, width, height);
    if (this.#frame === undefined) return;
    const { x, y, zoom } = this.#viewport;
    const { header } = this.#frame;
    const toX = (cell: number) => Math.round((cell - x) * zoom);
    const toY = (cell: number) => Math.round((cell - y) * zoom);
    const left = toX(header.x);
    const top = toY(header.y);
    context.save();
    // The last column and row of pixels may stand for fewer cells than the others.
    context.beginPath();
    context.rect(
      left,
      top,
      toX(header.x + header.width) - left,
      toY(header.y + header.height) - top,
    );
    context.clip();
    context.imageSmoothingEnabled = false;
    const right = toX(header.x + frameColumns(header) * header.scale);
    const bottom = toY(header.y + frameRows(header) * header.scale);
    context.drawImage(this.#picture, left, top, right - left, bottom - top);
    context.restore();
  }
}
