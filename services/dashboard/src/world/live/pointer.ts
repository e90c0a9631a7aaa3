import type { Point } from '../view/camera.ts';

/** What hands and keys can do with a view. */
export interface Handled {
  panBy(by: Point): void;
  zoomBy(factor: number, point: Point): void;
  pinchBy(fingers: { still: Point; from: Point; to: Point }): void;
  /** The pointer is over a point, or over none. */
  pointAt(point: Point | undefined): void;
  click(point: Point): void;
}

const WHEEL_STEP = 0.0016;
/** A finger that moves by less has clicked. */
const CLICK_WITHIN_PX = 5;

/**
 * Wheel, drag, pinch, click and double click on an element, in its CSS pixels.
 *
 * @returns a function that ends it.
 */
export function followPointer(element: HTMLElement, view: Handled): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  /** Where each finger or button is. */
  const down = new Map<number, Point>();
  let pressed: Point | undefined;
  const pointOf = (event: MouseEvent): Point => ({ x: event.offsetX, y: event.offsetY });
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ) => element.addEventListener(type, listener, { signal, passive: false });

  on('wheel', (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    const bounded = Math.max(-300, Math.min(300, pixels));
    view.zoomBy(Math.exp(-bounded * WHEEL_STEP * (event.ctrlKey ? 4 : 1)), pointOf(event));
  });
  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    const point = pointOf(event);
    pressed = down.size === 0 ? point : undefined;
    down.set(event.pointerId, point);
  });
  on('pointermove', (event) => {
    const to = pointOf(event);
    view.pointAt(to);
    const from = down.get(event.pointerId);
    if (from === undefined) return;
    if (pressed !== undefined) {
      if (Math.hypot(to.x - pressed.x, to.y - pressed.y) <= CLICK_WITHIN_PX) return;
      pressed = undefined;
      element.classList.add('dragging');
    }
    const still = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (still === undefined) view.panBy({ x: from.x - to.x, y: from.y - to.y });
    else view.pinchBy({ still, from, to });
    down.set(event.pointerId, to);
  });
  const up = (event: PointerEvent) => {
    const wasDown = down.delete(event.pointerId);
    if (down.size === 0) element.classList.remove('dragging');
    if (wasDown && pressed !== undefined && event.type === 'pointerup') view.click(pressed);
    pressed = undefined;
  };
  on('pointerup', up);
  on('pointercancel', up);
  on('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    view.click({ x: element.clientWidth / 2, y: element.clientHeight / 2 });
  });
  on('pointerleave', () => view.pointAt(undefined));
  return () => ending.abort();
}
