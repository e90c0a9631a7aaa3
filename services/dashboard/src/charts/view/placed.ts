import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Puts an element to a place between the left and the right of the element round it, 0 to 1, by custom properties:
 * the page allows no styles in its markup.
 *
 * @returns what the element takes as its `ref`
 */
export function usePlaced<E extends HTMLElement>(left: number, right = left) {
  const element = useRef<E>(null);
  useLayoutEffect(() => {
    element.current?.style.setProperty('--left', String(left));
    element.current?.style.setProperty('--width', String(right - left));
  }, [left, right]);
  return element;
}
