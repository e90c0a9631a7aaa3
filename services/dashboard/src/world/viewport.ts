import type { PictureRect } from '../../../protocol/wire/picture-codec.ts';

/** Sizes of the world in cells. */
export interface World {
  width: number;
  height: number;
}

/** Size of the canvas in its own pixels. */
export interface Canvas {
  width: number;
  height: number;
}

/** Which part of the world the canvas shows. */
export interface Viewport {
  /** The world coordinate at the upper left corner of the canvas, in cells, any real number. */
  x: number;
  y: number;
  /** Canvas pixels per cell. */
  zoom: number;
}

/** A request stays well below what a gateway lets through. */
const PIXELS_MAX_BYTES = 5_000_000;
const ZOOM_MAX = 48;

/** The whole world, centred. */
export function wholeWorld(world: World, canvas: Canvas): Viewport {
  const zoom = Math.min(canvas.width / world.width, canvas.height / world.height);
  return centred(world, canvas, zoom);
}

function centred(world: World, canvas: Canvas, zoom: number): Viewport {
  return {
    x: (world.width - canvas.width / zoom) / 2,
    y: (world.height - canvas.height / zoom) / 2,
    zoom,
  };
}

/** Zooms by a factor around a point of the canvas, which keeps its cell. */
export function zoomAt(
  viewport: Viewport,
  world: World,
  canvas: Canvas,
  point: { x: number; y: number },
  factor: number,
): Viewport {
  const zoom = allowedZoom(viewport.zoom * factor, world, canvas);
  return bounded(
    {
      x: viewport.x + point.x / viewport.zoom - point.x / zoom,
      y: viewport.y + point.y / viewport.zoom - point.y / zoom,
      zoom,
    },
    world,
    canvas,
  );
}

function allowedZoom(zoom: number, world: World, canvas: Canvas): number {
  const least = Math.min(wholeWorld(world, canvas).zoom, 1);
  return Math.min(ZOOM_MAX, Math.max(least, zoom));
}

/** The cell in the middle of the canvas, which may lie between cells. */
export const centreOf = (
  { x, y, zoom }: Viewport,
  { width, height }: Canvas,
): { x: number; y: number } => ({ x: x + width / 2 / zoom, y: y + height / 2 / zoom });

/** The viewport with this cell in its middle, as far as the world goes. */
export function viewportAt(
  centre: { x: number; y: number; zoom: number },
  world: World,
  canvas: Canvas,
): Viewport {
  const zoom = allowedZoom(centre.zoom, world, canvas);
  const x = centre.x - canvas.width / 2 / zoom;
  const y = centre.y - canvas.height / 2 / zoom;
  return bounded({ x, y, zoom }, world, canvas);
}

/** Moves by canvas pixels. */
export function pan(
  viewport: Viewport,
  world: World,
  canvas: Canvas,
  by: { x: number; y: number },
): Viewport {
  const { x, y, zoom } = viewport;
  return bounded({ x: x + by.x / zoom, y: y + by.y / zoom, zoom }, world, canvas);
}

/** Keeps the world in sight: an axis on which all of it fits is centred. */
function bounded(viewport: Viewport, world: World, canvas: Canvas): Viewport {
  const { zoom } = viewport;
  const middle = centred(world, canvas, zoom);
  const axis = (at: number, worldSide: number, canvasSide: number, centre: number) => {
    const shown = canvasSide / zoom;
    return shown >= worldSide ? centre : Math.min(worldSide - shown, Math.max(0, at));
  };
  return {
    x: axis(viewport.x, world.width, canvas.width, middle.x),
    y: axis(viewport.y, world.height, canvas.height, middle.y),
    zoom,
  };
}

/**
 * What to ask `/frame` for: the cells in sight, about one pixel of the picture per pixel of the
 * canvas, never more bytes than a request may have. The corner lies on multiples of the scale, so
 * that the same cells are sampled while the view moves.
 */
export function pictureRect(
  viewport: Viewport,
  world: World,
  canvas: Canvas,
  pixelBytes: number,
): PictureRect {
  let scale = Math.max(1, Math.round(1 / viewport.zoom));
  for (;;) {
    const rect = cellsInSight(viewport, world, canvas, scale);
    const pixels = Math.ceil(rect.width / scale) * Math.ceil(rect.height / scale);
    if (pixels * pixelBytes <= PIXELS_MAX_BYTES) return rect;
    scale++;
  }
}

function cellsInSight(
  { x, y, zoom }: Viewport,
  world: World,
  canvas: Canvas,
  scale: number,
): PictureRect {
  const axis = (at: number, worldSide: number, canvasSide: number) => {
    const last = worldSide - 1;
    const first = Math.min(last, Math.max(0, Math.floor(at / scale) * scale));
    const end = Math.min(worldSide, Math.max(first + 1, Math.ceil(at + canvasSide / zoom)));
    return [first, end - first] as const;
  };
  const [left, width] = axis(x, world.width, canvas.width);
  const [top, height] = axis(y, world.height, canvas.height);
  return { x: left, y: top, width, height, scale };
}

/** The cell under a point of the canvas, or undefined outside the world. */
export function cellAt(
  { x, y, zoom }: Viewport,
  world: World,
  point: { x: number; y: number },
): { x: number; y: number } | undefined {
  const cell = { x: Math.floor(x + point.x / zoom), y: Math.floor(y + point.y / zoom) };
  const isInside = cell.x >= 0 && cell.y >= 0 && cell.x < world.width && cell.y < world.height;
  return isInside ? cell : undefined;
}
