import { parentPort, workerData } from 'node:worker_threads';
import { type PoolNews, PoolThread, type PoolThreadData } from './pool-thread.ts';

/** The main file of each thread of a pool. */
const tell = (what: PoolNews) => parentPort?.postMessage(what);
new PoolThread(workerData as PoolThreadData).work(tell);
