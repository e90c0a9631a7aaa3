import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';

/** What the page shows, by its CSS pixels. */
export interface ScreenPixels {
  /** 0xRRGGBB. */
  at(x: number, y: number): number;
  /** How many different colours a rectangle has. */
  colours(rect: { x: number; y: number; width: number; height: number }): number;
}

/** What the page shows now, as a screen does: WebGL and all. */
export async function screenPixels(page: Page): Promise<ScreenPixels> {
  const { data, width } = PNG.sync.read(await page.screenshot());
  const at = (x: number, y: number) => {
    const i = 4 * (Math.floor(y) * width + Math.floor(x));
    return ((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0);
  };
  return {
    at,
    colours: ({ x, y, width: across, height: down }) => {
      const seen = new Set<number>();
      for (let j = 0; j < down; j++) for (let i = 0; i < across; i++) seen.add(at(x + i, y + j));
      return seen.size;
    },
  };
}
