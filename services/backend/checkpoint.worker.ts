import { parentPort, workerData } from 'node:worker_threads';
import { lowerThreadPriority } from '../platform/process/thread-priority.ts';
import { SystemClock } from '../platform/runtime/system-clock.ts';
import { createCompression } from '../platform/snapshots/compression.ts';
import { createSnapshotStore } from '../platform/snapshots/create-snapshot-store.ts';
import {
  packingOf,
  type ToThread,
  WriterThread,
  type WriterThreadData,
} from './checkpoints/writer-thread.ts';

/** The main file of the thread that writes checkpoints. */
lowerThreadPriority();
const { store, module } = workerData as WriterThreadData;
const clock = new SystemClock();
const thread = new WriterThread(
  {
    packing: packingOf(module),
    compression: createCompression(),
    store: createSnapshotStore(store),
    yieldToIo: () => clock.yieldToIo(),
  },
  (news) => parentPort?.postMessage(news),
);
parentPort?.on('message', (message: ToThread) => thread.hear(message));
