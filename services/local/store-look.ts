import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { copyOf } from './store/level-folder.ts';
import { readMark } from './store/mark.ts';
import { lookAt } from './store/open-store.ts';
import { ENDED_BY_ENGINE, type Findings, findingsSchema } from './store/refusal.ts';
import { storePlace } from './store/store-folder.ts';

/** Finds out what there is of the store of a data folder; rejects with what the disk said. */
export type Look = (dataDir: string) => Promise<Findings>;

/** In this process, which LevelDB ends with some damage. */
export const lookHere: Look = (dataDir) => lookAt(storePlace(dataDir));

/** What the process of a look tells. */
const lookReportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('found'), findings: findingsSchema }),
  z.object({ type: z.literal('failed'), message: z.string() }),
]);
export type LookReport = z.infer<typeof lookReportSchema>;

/** As much of what it writes is kept, in characters. */
const SAID_MOST = 16_384;

const CHILD = fileURLToPath(new URL('./store-look.child.js', import.meta.url));

/**
 * In a process of its own: an assertion of LevelDB that ends it is a finding.
 *
 * @param command what Node is to run, its arguments before the data folder
 */
export function lookApart(command: readonly string[] = [CHILD]): Look {
  return async (dataDir) => {
    const place = storePlace(dataDir);
    const { report, ending } = await run([...command, dataDir]);
    if (ending === undefined && report?.type === 'found') return report.findings;
    // A process that was ended leaves it.
    await rm(copyOf(place.folder), { recursive: true, force: true });
    if (report?.type === 'failed') throw new Error(report.message);
    if (ending?.signal !== 'SIGABRT')
      throw new Error(`the look at it ${ending?.text ?? 'ended without a word'}`);
    const known = readMark(await place.markFile.read());
    return { known, store: { type: 'unreadable', why: ENDED_BY_ENGINE } };
  };
}

interface Ending {
  signal: NodeJS.Signals | null;
  /** In words. */
  text: string;
}

/** Runs Node to its end; `ending` is undefined if that was a normal one. */
async function run(
  args: readonly string[],
): Promise<{ report: LookReport | undefined; ending: Ending | undefined }> {
  const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // The sum of a store is a bigint.
    serialization: 'advanced',
  });
  let report: LookReport | undefined;
  child.on('message', (message) => {
    report = lookReportSchema.safeParse(message).data;
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-SAID_MOST);
  });
  // The last message may come after the end.
  const [[code, signal]] = await Promise.all([once(child, 'close'), once(child, 'disconnect')]);
  if (code === 0) return { report, ending: undefined };
  const why = said.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? '';
  const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
  return { report, ending: { signal, text: why === '' ? how : `${how}: ${why}` } };
}
