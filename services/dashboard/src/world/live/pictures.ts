import { signal } from '@preact/signals';

/** How often pictures are asked for. */
export type PictureRate = 'auto' | 'off' | number;
/** Per second, beside `auto` and `off`. */
export const PICTURE_RATES: readonly number[] = [30, 10, 5, 2, 1, 0.2];

/** As the person at the page wishes. */
export const pictureRate = signal<PictureRate>('auto');

/** Counts the changes of tiles, cells and of what they are drawn with: what is on the screen is older. */
export const changes = signal(0);
export const somethingChanged = (): void => {
  changes.value = changes.peek() + 1;
};

/** The least tick that the screen shows; undefined while nothing is drawn. */
export const drawnTick = signal<number | undefined>(undefined);
/** When the newest answer came, by performance.now(), and the time in which another is expected. */
export const lastPicture = signal<{ atMs: number; expectedWithinMs: number } | undefined>(
  undefined,
);
/** Why there is no picture, or no newer one; undefined: nothing is wrong. */
export const pictureTrouble = signal<string | undefined>(undefined);
