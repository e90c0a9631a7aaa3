import type { WorldCanvas } from './world-canvas.ts';

interface Point {
  x: number;
  y: number;
}

const WHEEL_STEP = 0.0016;
const KEY_PAN_PX = 80;

/** A finger or mouse that moved less clicks, in canvas pixels. */
const CLICK_MAX_PX = 5;

/** Told the cell under the pointer, and a cell that is clicked. */
interface Told {
  onPoint(cell: Point | undefined): void;
  onClick(cell: Point): void;
}

/** Wheel, drag, pinch, click and arrow keys; Enter clicks the middle. */
export function followPointer(
  canvas: HTMLCanvasElement,
  world: WorldCanvas,
  { onPoint, onClick }: Told,
): void {
  let draggedPx = 0;
  /** Where each finger or button is, in canvas pixels. */
  const down = new Map<number, Point>();
  const pointOf = (event: MouseEvent): Point => ({
    x: event.offsetX * devicePixelRatio,
    y: event.offsetY * devicePixelRatio,
  });

  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
      const bounded = Math.max(-300, Math.min(300, pixels));
      world.zoom(Math.exp(-bounded * WHEEL_STEP * (event.ctrlKey ? 4 : 1)), pointOf(event));
    },
    { passive: false },
  );
  canvas.addEventListener('dblclick', (event) => world.zoom(2, pointOf(event)));

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add('dragging');
    if (down.size === 0) draggedPx = 0;
    down.set(event.pointerId, pointOf(event));
  });
  canvas.addEventListener('pointermove', (event) => {
    const to = pointOf(event);
    const from = down.get(event.pointerId);
    if (from !== undefined) {
      draggedPx += Math.hypot(to.x - from.x, to.y - from.y);
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      if (other === undefined) world.pan({ x: from.x - to.x, y: from.y - to.y });
      else pinch(world, other, from, to);
      down.set(event.pointerId, to);
    }
    onPoint(world.cellAt(to));
  });
  canvas.addEventListener('click', (event) => {
    const cell = world.cellAt(pointOf(event));
    if (cell !== undefined && draggedPx < CLICK_MAX_PX * devicePixelRatio) onClick(cell);
  });
  for (const type of ['pointerup', 'pointercancel'] as const) {
    canvas.addEventListener(type, (event) => {
      down.delete(event.pointerId);
      if (down.size === 0) canvas.classList.remove('dragging');
    });
  }
  canvas.addEventListener('pointerleave', () => onPoint(undefined));

  canvas.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      const cell = world.cellAt({ x: canvas.width / 2, y: canvas.height / 2 });
      if (cell !== undefined) onClick(cell);
      return;
    }
    const by = {
      ArrowLeft: { x: -KEY_PAN_PX, y: 0 },
      ArrowRight: { x: KEY_PAN_PX, y: 0 },
      ArrowUp: { x: 0, y: -KEY_PAN_PX },
      ArrowDown: { x: 0, y: KEY_PAN_PX },
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    world.pan(by);
  });
}

/** One of two fingers moved: the distance zooms, the middle moves. */
function pinch(world: WorldCanvas, still: Point, from: Point, to: Point): void {
  const distance = (a: Point, b: Point) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  const middle = { x: (still.x + to.x) / 2, y: (still.y + to.y) / 2 };
  world.pan({ x: (from.x - to.x) / 2, y: (from.y - to.y) / 2 });
  world.zoom(distance(still, to) / distance(still, from), middle);
}
