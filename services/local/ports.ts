import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalError } from './local-error.ts';

const LOOPBACK = '127.0.0.1';
const LAST_PORT = 65_535;
/** How far above the asked port further ports are looked for. */
const SEARCH = 200;
const RETRY_MS = 150;

/** Whether a port of the loopback interface can be listened on; 'denied' needs more rights. */
export type PortState = 'free' | 'in use' | 'denied';

/** Tries a port; 0 asks the system for any, and the answer says which. */
export function tryPort(port: number): Promise<{ state: PortState; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve({ state: 'in use', port });
      else if (error.code === 'EACCES') resolve({ state: 'denied', port });
      else reject(error);
    });
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve({ state: 'free', port: bound }));
    });
  });
}

/** Ports to try for the next coordinator after `taken`, in order. */
export function portsAfter(taken: readonly number[]): number[] {
  const last = Math.max(...taken);
  const count = Math.min(SEARCH, LAST_PORT - last);
  return Array.from({ length: count }, (_, i) => last + 1 + i);
}

/**
 * A port for each coordinator: the first has the asked one, or any if that is 0; the others have
 * the next free ones above. Throws LocalError, naming the port, when that cannot be.
 *
 * @param patienceMs how long to wait for the asked port.
 */
export async function chooseCoordinatorPorts(
  asked: number,
  count: number,
  patienceMs: number,
): Promise<number[]> {
  const ports = [await firstPort(asked, patienceMs)];
  while (ports.length < count) {
    const next = await firstFree(portsAfter(ports));
    if (next === undefined) {
      throw new LocalError(
        `No free port above ${ports.at(-1)} for coordinator ${ports.length + 1}: choose a lower one with --port.`,
      );
    }
    ports.push(next);
  }
  return ports;
}

async function firstPort(asked: number, patienceMs: number): Promise<number> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    const { state, port } = await tryPort(asked);
    if (state === 'free') return port;
    if (state === 'denied') {
      throw new LocalError(`Port ${asked} may not be used: choose one above 1023 with --port.`);
    }
    if (waitedMs >= patienceMs) {
      throw new LocalError(
        `Port ${asked} is in use: end the process that listens there, or choose another one with --port.`,
      );
    }
    await sleep(RETRY_MS);
  }
}

/** The first of them that is free; undefined when none is. */
export async function firstFree(candidates: number[]): Promise<number | undefined> {
  for (const port of candidates) {
    if ((await tryPort(port)).state === 'free') return port;
  }
  return undefined;
}
