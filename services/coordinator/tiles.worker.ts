import { parentPort, workerData } from 'node:worker_threads';
import { RpcClient } from '../platform/rpc/rpc-client.ts';
import { UndiciTransport } from '../platform/rpc/undici-transport.ts';
import { SystemClock } from '../platform/runtime/system-clock.ts';
import { SystemRandomness } from '../platform/runtime/system-randomness.ts';
import { InlineTiles } from './watching/tiles/inline-tiles.ts';
import { TileThread, type TileThreadData, type ToThread } from './watching/tiles/tile-thread.ts';

/** The main file of the thread that makes tiles. */
const { secret } = workerData as TileThreadData;
const rpc = new RpcClient({
  transport: new UndiciTransport(),
  secret,
  // Calls are numbered by sender: the thread is one of its own.
  selfBootId: new SystemRandomness().uuid(),
});
const thread = new TileThread({
  source: new InlineTiles(rpc),
  clock: new SystemClock(),
  tell: (news, transferred) => parentPort?.postMessage(news, transferred),
});
parentPort?.on('message', (message: ToThread) => thread.hear(message));
