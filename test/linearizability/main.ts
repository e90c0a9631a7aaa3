/*
 * npm run linearizability: makes histories of what clients ask several coordinators at once, and has each
 * judged: whether one coordinator that does one thing after the other could have answered like this.
 *
 *   npm run linearizability -- [--store memory|local|dynamodb] [--clients 8] [--coordinators 3]
 *                              [--requests 30] [--seeds 10] [--from 1] [--save DIR]
 *
 * memory: in this process, on virtual time, with faults of the store, lost answers, and coordinators that are
 * killed. local: processes with the embedded store, killed too. dynamodb: the same with the table at
 * DYNAMODB_LOCAL_URL. --save keeps each history, and draws what is illegal. It exits with 1 unless all are ok.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Checker, whyNoGo } from './checker.ts';
import { createRuns, STORES, type StoreName } from './runs.ts';
import { summaryOf, verdictText } from './verdict-text.ts';

const number = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`expected a number from 1 on, got ${text}`);
  return Number(text);
};

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'memory' },
    clients: { type: 'string', default: '8' },
    coordinators: { type: 'string', default: '3' },
    requests: { type: 'string', default: '30' },
    seeds: { type: 'string', default: '10' },
    from: { type: 'string', default: '1' },
    save: { type: 'string' },
  },
});
const store = values.store as StoreName;
if (!STORES.includes(store)) throw new Error(`--store is one of ${STORES.join(', ')}`);
const clients = number(values.clients);
const coordinators = number(values.coordinators);
const requests = number(values.requests);
const from = number(values.from);
const seeds = number(values.seeds);
const { save } = values;
if (save !== undefined) mkdirSync(save, { recursive: true });

const missing = await whyNoGo();
if (missing !== undefined) throw new Error(missing);

const checker = new Checker();
const runs = await createRuns(store);
const verdicts = [];
const beganMs = performance.now();
try {
  await checker.build();
  for (let seed = from; seed < from + seeds; seed++) {
    const history = await runs.run({ seed, clients, coordinators, requests });
    const file = save === undefined ? undefined : path.join(save, `${store}-${seed}`);
    if (file !== undefined) writeFileSync(`${file}.jsonl`, history.text());
    const [verdict] = await checker.judge([history], { visualize: file && `${file}.html` });
    if (verdict === undefined) throw new Error('the checker has said nothing');
    verdicts.push(verdict);
    console.log(verdictText(verdict));
  }
} finally {
  await runs.close();
  checker.close();
}
console.log(summaryOf(verdicts, performance.now() - beganMs));
if (verdicts.some(({ verdict }) => verdict !== 'ok')) process.exitCode = 1;
