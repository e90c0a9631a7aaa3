import { computed, signal } from '@preact/signals';
import { worldSpec } from '../../state/colony.ts';
import type { Cell } from '../../state/selection.ts';
import { follow, place } from '../../state/url-state.ts';
import {
  bounded,
  type Camera,
  centredOn,
  fitted,
  type Point,
  panned,
  pinched,
  type Screen,
  zoomed,
} from '../view/camera.ts';

/** Steps of the keys and buttons. */
const ZOOM_STEP = 1.5;
const PAN_STEP_PX = 80;
/** CSS pixels of a cell after a jump to it from where none can be made out. */
const NEAR_SCALE = 32;

/** The size of what the world is drawn on, in CSS pixels; undefined while it is not on the page. */
export const screen = signal<Screen | undefined>(undefined);
/** The cell under the pointer. */
export const pointed = signal<Cell | undefined>(undefined);

/** What is seen; undefined while there is no world or nothing to draw it on. */
export const camera = computed<Camera | undefined>(() => {
  const [world, size] = [worldSpec.value, screen.value];
  if (world === undefined || size === undefined) return undefined;
  return place.value === undefined ? fitted(world, size) : bounded(place.value, world, size);
});

/** A view that was moved rests once it stands for so long. */
const REST_MS = 150;
let movedAtMs = Number.NEGATIVE_INFINITY;

/** For how long a hand or a key goes on moving the view, as far as is known: milliseconds, 0 if it stands. */
export const movingMs = (): number => Math.max(0, movedAtMs + REST_MS - performance.now());

function move(to: Camera): void {
  movedAtMs = performance.now();
  place.value = to;
}

/** Everything that a move needs; undefined while nothing is seen. */
function present() {
  const [now, world, size] = [camera.peek(), worldSpec.peek(), screen.peek()];
  return now === undefined || world === undefined || size === undefined
    ? undefined
    : { now, world, size };
}

export function panBy(by: Point): void {
  const seen = present();
  if (seen === undefined) return;
  // Whoever looks elsewhere follows no longer.
  follow.value = false;
  move(panned(seen.now, seen.world, by));
}

/** @param point of the screen that keeps its place. @default the middle */
export function zoomBy(factor: number, point?: Point): void {
  const seen = present();
  if (seen === undefined) return;
  const middle = { x: seen.size.width / 2, y: seen.size.height / 2 };
  const around = follow.peek() ? middle : (point ?? middle);
  move(zoomed(seen.now, seen.world, seen.size, around, factor));
}

export function pinchBy(fingers: { still: Point; from: Point; to: Point }): void {
  const seen = present();
  if (seen === undefined) return;
  follow.value = false;
  move(pinched(seen.now, seen.world, seen.size, fingers));
}

/** Brings a cell into the middle. */
export function lookAt(cell: Cell): void {
  const seen = present();
  if (seen !== undefined) place.value = centredOn(seen.now, seen.world, cell);
}

/** Brings a cell into the middle, and so near that it is seen. */
export function lookCloselyAt(cell: Cell): void {
  const seen = present();
  if (seen === undefined) return;
  const near = { ...seen.now, scale: Math.max(NEAR_SCALE, seen.now.scale) };
  place.value = centredOn(near, seen.world, cell);
}

export const zoomIn = (): void => zoomBy(ZOOM_STEP);
export const zoomOut = (): void => zoomBy(1 / ZOOM_STEP);
export function fit(): void {
  follow.value = false;
  place.value = undefined;
}

const STEPS: Readonly<Record<string, Point>> = {
  arrowleft: { x: -PAN_STEP_PX, y: 0 },
  arrowright: { x: PAN_STEP_PX, y: 0 },
  arrowup: { x: 0, y: -PAN_STEP_PX },
  arrowdown: { x: 0, y: PAN_STEP_PX },
};
export const ARROWS = Object.keys(STEPS);

/** @param key one of ARROWS. */
export function panByKey(key: string): void {
  const step = STEPS[key];
  if (step !== undefined) panBy(step);
}
