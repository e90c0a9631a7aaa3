import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lastLogLines } from '../../../services/local/child-log.ts';
import { checkFormat, formatOf, VERSION_FILE } from '../../../services/local/data-format.ts';
import { LocalError } from '../../../services/local/local-error.ts';
import { decodeEntry, encodeEntry, weightOf } from '../../../services/local/store/entry.ts';
import { readHead } from '../../../services/local/store/examination.ts';
import { recordMarkOf, revisionOf } from '../../../services/local/store/item-keys.ts';
import { type Mark, makeMark, readMark } from '../../../services/local/store/mark.ts';
import { lookAt, openStore } from '../../../services/local/store/open-store.ts';
import {
  findingsSchema,
  judge,
  refusalOf,
  StoreRefusal,
} from '../../../services/local/store/refusal.ts';
import { MemoryDisk } from '../../support/store/memory-disk.ts';
import { mutatedBytes } from '../input/mutate-bytes.ts';
import { mutatedJson } from '../input/mutate-json.ts';
import { bytesOf, grownBy, holds, jsonBytes, never, type Target, textOf } from '../target.ts';

const STORE_ID = '00000000-0000-4000-8000-000000000001';
const RECORD_KEY = 'reef/record';
const RECORD = JSON.stringify({
  revision: 3,
  generation: 1,
  status: 'Initializing',
  leader: { epoch: 2 },
});

const storeEntry: Target = {
  name: 'store-entry',
  reads: ['services/local/store/entry.ts', 'services/local/store/item-keys.ts'],
  open() {
    const seeds = [
      new Uint8Array(encodeEntry(RECORD_KEY, RECORD)),
      new Uint8Array(encodeEntry(RECORD_KEY, '')),
    ];
    const repair = (bytes: Uint8Array) =>
      new Uint8Array(encodeEntry(RECORD_KEY, textOf(bytes.subarray(16))));
    return {
      seeds,
      inputs: mutatedBytes(seeds, repair),
      run(bytes) {
        const text = decodeEntry([RECORD_KEY, bytes]);
        if (text === undefined) return 'damaged';
        holds(weightOf(bytes) >= 0n, 'it weighs nothing');
        recordMarkOf(RECORD_KEY, text);
        revisionOf(text);
        return 'whole';
      },
      isDocumented: never,
      maxAllocation: grownBy(64),
    };
  },
};

/** The bytes of a mark's file. */
async function markBytes(mark: Mark): Promise<Uint8Array> {
  let content = new Uint8Array(0);
  const replace = async (bytes: Uint8Array) => {
    content = new Uint8Array(bytes);
  };
  await makeMark({ read: async () => undefined, replace, overwrite: async () => {} }, mark);
  return content;
}

const storeMark: Target = {
  name: 'store-mark',
  reads: ['services/local/store/mark.ts'],
  async open() {
    const mark: Mark = { storeId: STORE_ID, commit: 7, sum: '0'.repeat(32) };
    const record = { colonyName: 'reef', status: 'x', generation: 1, epoch: 2, revision: 3 };
    const seeds = [await markBytes(mark), await markBytes({ ...mark, commit: 8, record })];
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run: (bytes) => readMark(bytes).type,
      isDocumented: never,
      maxAllocation: grownBy(64),
    };
  },
};

/** What a disk holds, as text: values that fit their check, unless they begin with `!`. */
type Platter = { mark: unknown; entries: Record<string, unknown> } | undefined;

/**
 * A store whose entries are whole and say anything: what a disk cannot do and somebody with an editor can. Damaged
 * bytes are the business of `store-entry`, LevelDB's own files that of test/unit/local/store.
 */
const store: Target = {
  name: 'store',
  reads: [
    'services/local/store/examination.ts',
    'services/local/store/refusal.ts',
    'services/local/store/open-store.ts',
  ],
  async open() {
    const head = {
      storeId: STORE_ID,
      commit: 2,
      entries: 1,
      sum: weightOf(encodeEntry(RECORD_KEY, RECORD)).toString(16).padStart(32, '0'),
    };
    const mark = { storeId: STORE_ID, commit: 2, sum: head.sum };
    const seeds = [
      { mark, entries: { '!head': head, [RECORD_KEY]: JSON.parse(RECORD) } },
      {
        mark: { ...mark, commit: 1 },
        entries: { '!head': head, [RECORD_KEY]: JSON.parse(RECORD), 'reef/x': 1 },
      },
    ];
    return {
      seeds: seeds.slice(0, 1).map(jsonBytes),
      inputs: mutatedJson(seeds),
      async run(bytes) {
        const platter = platterIn(textOf(bytes));
        if (platter === undefined) return 'no disk';
        const entries = new Map(
          Object.entries(platter.entries ?? {}).map(([key, value]) => [
            key,
            encodeEntry(key, JSON.stringify(value) ?? ''),
          ]),
        );
        const slot = Buffer.alloc(8192);
        encodeEntry('mark', JSON.stringify(platter.mark) ?? '').forEach((byte, at) => {
          if (at < 4096) slot[at] = byte;
        });
        const { place } = new MemoryDisk({}, { entries, mark: new Uint8Array(slot) });
        const findings = await lookAt(place);
        findingsSchema.parse(findings);
        const reason = judge(findings);
        if (reason !== undefined) void refusalOf(reason, 'there', findings).message;
        const { engine } = await openStore(place, {
          makeId: () => STORE_ID,
          acknowledged: undefined,
        });
        holds((await readHead(engine)) !== undefined, 'a store without a head was opened');
        return 'opened';
      },
      isDocumented: (error) => error instanceof StoreRefusal,
      maxAllocation: grownBy(256),
    };
  },
};

function platterIn(text: string): Platter {
  try {
    const value = JSON.parse(text);
    // Too deep to be written.
    JSON.stringify(value);
    return typeof value === 'object' && value !== null && typeof value.entries === 'object'
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

/** Files of a data folder that a launch reads, beside the store. */
function fileTarget(
  name: string,
  reads: readonly string[],
  file: string,
  seeds: readonly Uint8Array[],
  read: (folder: string, file: string) => unknown,
): Target {
  return {
    name,
    reads,
    open() {
      const folder = mkdtempSync(path.join(tmpdir(), 'colony-fuzz-'));
      return {
        seeds,
        inputs: mutatedBytes(seeds),
        run(bytes) {
          writeFileSync(path.join(folder, file), bytes);
          return read(folder, path.join(folder, file));
        },
        isDocumented: (error) => error instanceof LocalError,
        maxAllocation: grownBy(64),
        close: async () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}

const dataFormat = fileTarget(
  'data-format',
  ['services/local/data-format.ts'],
  VERSION_FILE,
  [bytesOf('distributed-colony data folder, format 2\n')],
  (folder) => {
    const format = formatOf(folder);
    checkFormat(folder);
    return format;
  },
);

const childLog = fileTarget(
  'child-log',
  ['services/local/child-log.ts'],
  'backend.log',
  [
    bytesOf('{"level":50,"time":1,"msg":"it failed","err":{"message":"no disk"}}\nNode.js v20\n'),
    bytesOf('{"level":"error","msg":"x"}\n'),
  ],
  (_, file) => {
    const lines = lastLogLines(file, 5);
    holds(lines.length <= 5 && lines.every((line) => typeof line === 'string'), 'no lines');
    return 'read';
  },
);

export const storeTargets: readonly Target[] = [storeEntry, storeMark, store, dataFormat, childLog];
