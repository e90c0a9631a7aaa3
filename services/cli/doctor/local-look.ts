import { readdir, stat, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { lookAtFolder } from '../../local/folder-look.ts';
import { LocalError } from '../../local/local-error.ts';
import { tryPort } from '../../local/ports.ts';
import { checkStore } from '../../local/store-care.ts';
import { type Look, lookApart } from '../../local/store-look.ts';
import { createPinoLog } from '../../platform/observability/pino-log.ts';
import { FileRegistry } from '../../platform/registry/file-registry.ts';
import { fetchDirectly } from '../../platform/rpc/direct.ts';
import { createCompression } from '../../platform/snapshots/compression.ts';
import { snapshotsFolder } from '../../platform/snapshots/file-snapshot-store.ts';
import { CODECS } from '../../protocol/checkpoint/part-object.ts';
import { parseJson } from '../../protocol/common/json.ts';
import { lookAtColony } from './colony-look.ts';
import type { LocalLook, Process } from './local-checks.ts';

const ANSWER_MS = 3_000;

/** What a process that is not well says of itself. */
const illnessSchema = z.object({ reason: z.string() });

/**
 * This machine as it is.
 *
 * @param o.send what the colony is asked with
 */
export function localLook({
  send,
  look = lookApart(),
}: {
  send: typeof fetch;
  look?: Look;
}): LocalLook {
  return {
    node: () => ({
      version: process.versions.node,
      hasZstd: createCompression().best === CODECS.zstd,
    }),
    clock: () => ({ wallMs: Date.now(), monotonicMs: performance.now() }),
    memory: () => ({ totalBytes: memoryBytes(), freeBytes: freemem() }),
    folder: lookAtFolder,
    async store(dataDir) {
      try {
        return await checkStore(dataDir, look);
      } catch (error) {
        if (!(error instanceof LocalError)) throw error;
        return { lines: [], problem: error.message };
      }
    },
    async disk(dataDir) {
      const { bavail, bsize } = await statfs(await nearest(dataDir));
      const checkpointBytes = await sizeOf(snapshotsFolder(dataDir));
      return { freeBytes: bavail * bsize, checkpointBytes };
    },
    port: async (port) => (await tryPort(port)).state,
    colony: (url) => lookAtColony(url, { send, nowMs: () => Date.now() }),
    async processes(dataDir) {
      const registry = new FileRegistry(path.resolve(dataDir), createPinoLog({ level: 'silent' }));
      const found: Process[] = [];
      for (const entry of await registry.list('coordinators')) {
        found.push({ role: 'coordinator', entry });
      }
      for (const entry of await registry.list('backends')) found.push({ role: 'backend', entry });
      return found;
    },
    illness,
  };
}

/** What this process may use, where a container bounds it. */
function memoryBytes(): number {
  const bound = process.constrainedMemory();
  return bound > 0 ? Math.min(bound, totalmem()) : totalmem();
}

/** The folder itself, or the nearest one above it that is there. */
async function nearest(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  return isThere ? folder : nearest(path.dirname(folder));
}

/** Of all files below, in bytes; what goes meanwhile counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  let bytes = 0;
  for (const name of names) {
    const found = await stat(path.join(folder, name)).catch(() => undefined);
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}

async function illness(origin: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetchDirectly(`${origin}/healthz`, { signal });
    const text = await response.text();
    if (response.ok) return undefined;
    return illnessSchema.safeParse(parseJson(text)).data?.reason ?? `HTTP ${response.status}`;
  } catch (error) {
    const { cause, name } = error as { cause?: { code?: string }; name?: string };
    if (name === 'TimeoutError') return `no answer in ${ANSWER_MS / 1000} s`;
    return `no answer (${cause?.code ?? String(error)})`;
  }
}
