/*
 * npm run bench: measures, and prints a table.
 *
 *   npm run bench -- [--only kernel,cluster,start,http,page,screen,sampling,memory,verify,checkpoint,statistics,loss,scale]
 *                    [--json FILE]
 *
 * loss takes half an hour and scale a quarter of one: they are measured only when they are named.
 *
 * All but the kernel run dist/, which npm run bench builds first.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchCheckpoint } from './checkpoint-bench.ts';
import { benchCluster } from './cluster-bench.ts';
import { benchKernel } from './kernel-bench.ts';
import { benchLoss } from './loss-bench.ts';
import { benchMemory } from './memory-bench.ts';
import { benchScale } from './scale/scale-bench.ts';
import { benchStart } from './start-bench.ts';
import { benchStatistics } from './statistics-bench.ts';
import {
  checkpointTable,
  clusterTable,
  httpTable,
  kernelTable,
  lossTable,
  memoryTable,
  pageTable,
  samplingTable,
  scaleTable,
  screenTable,
  startTable,
  statisticsTable,
  verifyTable,
} from './tables.ts';
import { benchVerify } from './verify-bench.ts';
import { benchHttp } from './watching/http-bench.ts';
import { benchPage } from './watching/page-bench.ts';
import { benchSampling } from './watching/sampling-bench.ts';
import { benchScreen } from './watching/screen-bench.ts';

/** A part measures, and says in lines what it found. */
interface Part {
  measure(): Promise<object>;
  table(result: never): string[];
}

const parts: Record<string, Part> = {
  kernel: { measure: benchKernel, table: kernelTable },
  cluster: { measure: benchCluster, table: clusterTable },
  start: { measure: benchStart, table: startTable },
  http: { measure: benchHttp, table: httpTable },
  page: { measure: benchPage, table: pageTable },
  screen: { measure: benchScreen, table: screenTable },
  sampling: { measure: benchSampling, table: samplingTable },
  memory: { measure: benchMemory, table: memoryTable },
  verify: { measure: benchVerify, table: verifyTable },
  checkpoint: { measure: benchCheckpoint, table: checkpointTable },
  statistics: { measure: benchStatistics, table: statisticsTable },
  loss: { measure: benchLoss, table: lossTable },
  scale: { measure: benchScale, table: scaleTable },
};

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const LONG = ['loss', 'scale'];
const short = Object.keys(parts).filter((name) => !LONG.includes(name));
const names = values.only === undefined ? short : values.only.split(',');
const unknown = names.find((name) => parts[name] === undefined);
if (unknown !== undefined) {
  console.error(`--only ${unknown}: expected ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

const results: Record<string, object> = {
  machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
};
for (const name of names) {
  const part = parts[name] as Part;
  const result = await part.measure();
  results[name] = result;
  console.log([`\n${name}`, ...part.table(result as never), ''].join('\n'));
}
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
}
