/** Sides of the world in cells; it is a torus. */
export interface World {
  width: number;
  height: number;
}

/** What the world is drawn on, in CSS pixels. */
export interface Screen {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** What of the world is seen: the cell in the middle, within the world and fractional, and how large a cell is. */
export interface Camera {
  x: number;
  y: number;
  /** CSS pixels per cell. */
  scale: number;
}

/** CSS pixels of a cell seen from as near as can be. */
export const SCALE_MAX = 96;
/** Images of the world beside each other, at most. */
const IMAGES_MAX = 8;

/** A coordinate on an axis of the torus, brought into [0, side). */
export function wrapped(at: number, side: number): number {
  const rest = at % side;
  // −1e-20 + side would be side itself.
  const inside = rest < 0 ? rest + side : rest;
  return inside < side ? inside : 0;
}

/** The shorter way from one coordinate to another: from −side / 2 to side / 2. */
export function shorterWay(from: number, to: number, side: number): number {
  const way = wrapped(to - from, side);
  return way > side / 2 ? way - side : way;
}

/** The whole world, as large as it fits. */
export function fitted(world: World, screen: Screen): Camera {
  return { x: world.width / 2, y: world.height / 2, scale: fittingScale(world, screen) };
}

/** The least scale: of a very long world a part, else it would be a hair, seen thousands of times. */
function fittingScale(world: World, screen: Screen): number {
  const [across, down] = [screen.width / world.width, screen.height / world.height];
  const scale = Math.max(Math.min(across, down), Math.max(across, down) / IMAGES_MAX);
  return Math.min(SCALE_MAX, Math.max(scale, 1e-6));
}

/** A camera from elsewhere, such as a link, brought within its bounds; NaN becomes the whole world. */
export function bounded(camera: Camera, world: World, screen: Screen): Camera {
  const least = fittingScale(world, screen);
  const { x, y, scale } = camera;
  if (![x, y, scale].every(Number.isFinite)) return fitted(world, screen);
  return {
    x: wrapped(x, world.width),
    y: wrapped(y, world.height),
    scale: Math.min(SCALE_MAX, Math.max(least, scale)),
  };
}

/** Zooms around a point of the screen: the place under it stays under it. */
export function zoomed(
  camera: Camera,
  world: World,
  screen: Screen,
  point: Point,
  factor: number,
): Camera {
  const { scale } = bounded({ ...camera, scale: camera.scale * factor }, world, screen);
  const [right, down] = [point.x - screen.width / 2, point.y - screen.height / 2];
  return {
    x: wrapped(camera.x + right / camera.scale - right / scale, world.width),
    y: wrapped(camera.y + down / camera.scale - down / scale, world.height),
    scale,
  };
}

/** Moves what is seen by CSS pixels: x = 10 looks 10 pixels further east. */
export function panned(camera: Camera, world: World, by: Point): Camera {
  return {
    x: wrapped(camera.x + by.x / camera.scale, world.width),
    y: wrapped(camera.y + by.y / camera.scale, world.height),
    scale: camera.scale,
  };
}

/** One of two fingers moved: their distance zooms, their middle moves. */
export function pinched(
  camera: Camera,
  world: World,
  screen: Screen,
  fingers: { still: Point; from: Point; to: Point },
): Camera {
  const { still, from, to } = fingers;
  const distance = (a: Point) => Math.max(1, Math.hypot(a.x - still.x, a.y - still.y));
  const middle = { x: (still.x + to.x) / 2, y: (still.y + to.y) / 2 };
  const moved = panned(camera, world, { x: (from.x - to.x) / 2, y: (from.y - to.y) / 2 });
  return zoomed(moved, world, screen, middle, distance(to) / distance(from));
}

/** The cell under a point of the screen. */
export function cellUnder(camera: Camera, world: World, screen: Screen, point: Point): Point {
  const { left, top } = upperLeft(camera, screen);
  return {
    x: Math.floor(wrapped(left + point.x / camera.scale, world.width)),
    y: Math.floor(wrapped(top + point.y / camera.scale, world.height)),
  };
}

/** Where the upper left corner of a cell is on the screen: of its images that nearest to the middle. */
export function pointOf(camera: Camera, world: World, screen: Screen, cell: Point): Point {
  return {
    x: screen.width / 2 + shorterWay(camera.x, cell.x, world.width) * camera.scale,
    y: screen.height / 2 + shorterWay(camera.y, cell.y, world.height) * camera.scale,
  };
}

/** The same scale, over the middle of a cell. */
export function centredOn(camera: Camera, world: World, cell: Point): Camera {
  return {
    x: wrapped(cell.x + 0.5, world.width),
    y: wrapped(cell.y + 0.5, world.height),
    scale: camera.scale,
  };
}

/** The world coordinates of the upper left corner of the screen, not wrapped. */
export function upperLeft(camera: Camera, screen: Screen): { left: number; top: number } {
  return {
    left: camera.x - screen.width / 2 / camera.scale,
    top: camera.y - screen.height / 2 / camera.scale,
  };
}
