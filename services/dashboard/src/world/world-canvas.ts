import { lookupTable, paint } from '../../../protocol/pictures/palette.ts';
import {
  PICTURE_HEADER_BYTES,
  pictureColumns,
  pictureRows,
} from '../../../protocol/wire/picture-codec.ts';
import { LAYER_BYTES, type Layer } from '../../../world/measuring/layers.ts';
import { DEFAULT_RULES, type Rules } from '../../../world/spec/rules.ts';
import type { Picture } from '../api/client.ts';
import type { Place } from '../state/url-codec.ts';
import {
  cellAt,
  centreOf,
  pan,
  pictureRect,
  type Viewport,
  viewportAt,
  type World,
  wholeWorld,
  zoomAt,
} from './viewport.ts';

const BACKGROUND = '#07090c';

/** Draws the newest picture through the viewport; knows nothing of the network. */
export class WorldCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #observer: ResizeObserver;
  /** The picture, one pixel of it per pixel. */
  readonly #pixels = document.createElement('canvas');
  #image: ImageData | undefined;
  #picture: Picture | undefined;
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
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(canvas);
    this.#resize();
  }

  /** Draws no more. */
  close(): void {
    this.#observer.disconnect();
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
    this.#picture = undefined;
    this.fit();
  }

  fit(): void {
    this.#fitted = true;
    if (this.#world === undefined) this.#draw();
    else this.#show(wholeWorld(this.#world, this.#canvas));
  }

  /** What part is shown; undefined: the whole world. `scale` in screen pixels per cell. */
  get place(): Place | undefined {
    if (this.#fitted || this.#world === undefined) return undefined;
    const { x, y } = centreOf(this.#viewport, this.#canvas);
    return { x, y, scale: this.#viewport.zoom / devicePixelRatio };
  }

  /** Shows a part of the world, or all of it. */
  showPlace(place: Place | undefined): void {
    if (place === undefined) this.fit();
    if (place === undefined || this.#world === undefined) return;
    this.#fitted = false;
    const zoom = place.scale * devicePixelRatio;
    this.#show(viewportAt({ ...place, zoom }, this.#world, this.#canvas));
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
    return (
      this.#world && pictureRect(this.#viewport, this.#world, this.#canvas, LAYER_BYTES[layer])
    );
  }

  /** Takes a picture and draws it. */
  take(picture: Picture): void {
    const { header, bytes } = picture;
    const columns = pictureColumns(header);
    const rows = pictureRows(header);
    if (this.#image?.width !== columns || this.#image.height !== rows) {
      this.#image = new ImageData(columns, rows);
      this.#pixels.width = columns;
      this.#pixels.height = rows;
    }
    const words = new Uint32Array(this.#image.data.buffer);
    paint(header.layer, bytes.subarray(PICTURE_HEADER_BYTES), this.#tableOf(header.layer), words);
    this.#pixels.getContext('2d')?.putImageData(this.#image, 0, 0);
    this.#picture = picture;
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
    if (this.#picture === undefined) return;
    const { x, y, zoom } = this.#viewport;
    const { header } = this.#picture;
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
    const right = toX(header.x + pictureColumns(header) * header.scale);
    const bottom = toY(header.y + pictureRows(header) * header.scale);
    context.drawImage(this.#pixels, left, top, right - left, bottom - top);
    context.restore();
  }
}
