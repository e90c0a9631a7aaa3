import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Launch } from '../cluster/local-mode.fixture.ts';

/** What a launch takes at one moment. */
export interface Sizes {
  /** Resident memory of the largest process of each role, MiB. */
  memory: Record<string, number>;
  files: number;
  /** Of the data folder, MiB. */
  disk: number;
}

/** A process may take so much more at the end than after the first quarter, MiB. */
const MEMORY_GROWTH_MAX = 100;
/** What the data folder of the small world may have, MiB: logs, a store, checkpoints, pictures, statistics. */
const DISK_MAX = 200;
const FILES_MAX = 5_000;

export function measure(launch: Launch, dataDir: string): Sizes {
  const memory: Record<string, number> = {};
  for (const { pid, command } of launch.children()) {
    const role = /(\w+)(\.child)?\.js/.exec(command)?.[1] ?? command;
    memory[role] = Math.max(memory[role] ?? 0, residentMiB(pid));
  }
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    // What is written at the same time may be moved away before it is looked at.
    const stat = statSync(path.join(dataDir, file), { throwIfNoEntry: false });
    return stat?.isFile() ? [stat.size] : [];
  });
  const bytes = files.reduce((sum, size) => sum + size, 0);
  return { memory, files: files.length, disk: bytes / 2 ** 20 };
}

/** What has grown beyond its bound, in words. */
export function overgrown(all: readonly Sizes[]): string[] {
  const [last, first] = [all.at(-1), all[Math.floor(all.length / 4)]];
  if (last === undefined || first === undefined) return ['nothing was measured'];
  const found = Object.entries(last.memory).flatMap(([role, mebibytes]) => {
    const before = first.memory[role] ?? 0;
    return mebibytes > before + MEMORY_GROWTH_MAX
      ? [`${role} grew from ${before.toFixed(0)} to ${mebibytes.toFixed(0)} MiB`]
      : [];
  });
  if (last.disk > DISK_MAX) found.push(`the data folder has ${last.disk.toFixed(0)} MiB`);
  if (last.files > FILES_MAX) found.push(`the data folder has ${last.files} files`);
  return found;
}

function residentMiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
