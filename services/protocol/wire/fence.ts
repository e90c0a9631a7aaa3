import { z } from 'zod';

/**
 * The fencing token that every RPC and halo carries, beside the boot id of its target. Fences compare
 * lexicographically: a receiver that has seen a higher one refuses a lower one.
 */
export const fenceSchema = z.strictObject({
  generation: z.int().min(0),
  epoch: z.int().min(0),
  topologyVersion: z.int().min(0),
});
export type Fence = z.infer<typeof fenceSchema>;

export const ZERO_FENCE: Fence = { generation: 0, epoch: 0, topologyVersion: 0 };

/** Negative if a is lower than b, 0 if equal, positive if higher. */
export function compareFences(a: Fence, b: Fence): number {
  return a.generation - b.generation || a.epoch - b.epoch || a.topologyVersion - b.topologyVersion;
}

/** `7.3.1`: generation, epoch, topologyVersion. */
export function formatFence(f: Fence): string {
  return `${f.generation}.${f.epoch}.${f.topologyVersion}`;
}

const FENCE = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/;

export function parseFence(text: string): Fence | undefined {
  const match = FENCE.exec(text);
  if (match === null) return undefined;
  const [, generation, epoch, topologyVersion] = match;
  return {
    generation: Number(generation),
    epoch: Number(epoch),
    topologyVersion: Number(topologyVersion),
  };
}
