import fc from 'fast-check';
import { toParquet } from '../../../services/platform/series/parquet.ts';
import { checkSeal } from '../../../services/platform/series/parquet-seal.ts';
import { SegmentStore } from '../../../services/platform/series/segment-store.ts';
import { parseStoredEntry } from '../../../services/platform/series/stored-entry.ts';
import { loggedEventSchema } from '../../../services/protocol/colony/colony-event.ts';
import { digestEntrySchema } from '../../../services/protocol/colony/sampling.ts';
import { decodeSurvey, encodeSurvey } from '../../../services/protocol/colony/survey-codec.ts';
import { parseJson } from '../../../services/protocol/common/json.ts';
import { TICK_MAX } from '../../../services/protocol/common/limits.ts';
import { segmentOf, segmentPath } from '../../../services/protocol/series/segments.ts';
import {
  type Row,
  seriesItemSchema,
  type Table,
  toItem,
  toRows,
} from '../../../services/protocol/series/table.ts';
import { STATISTICS_TABLE } from '../../../services/protocol/series/tables.ts';
import { mergeSurveys, surveyOf } from '../../../services/world/measuring/survey.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';
import { mutatedBytes } from '../input/mutate-bytes.ts';
import { mutatedJson } from '../input/mutate-json.ts';
import { bytesOf, coded, grownBy, holds, jsonBytes, type Target, textOf } from '../target.ts';

const isUnavailable = coded('STORE_UNAVAILABLE');

const survey: Target = {
  name: 'survey',
  reads: ['services/protocol/colony/survey-codec.ts', 'services/protocol/colony/sampling.ts'],
  open() {
    const world = new SingleWorld({ ...SMALL_WORLD, width: 32, height: 32 });
    for (let tick = 0; tick < 30; tick++) world.step();
    const surveys = world.blocks.map((block) => surveyOf(block, world.tick));
    const texts = [...surveys, surveys.reduce(mergeSurveys)].map(encodeSurvey);
    const binary = texts.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
    const inner = mutatedBytes(binary).map((bytes) =>
      bytesOf(Buffer.from(bytes).toString('base64')),
    );
    return {
      seeds: texts.map(bytesOf),
      inputs: fc.oneof(
        { arbitrary: inner, weight: 4 },
        { arbitrary: mutatedBytes(texts.map(bytesOf)), weight: 1 },
      ),
      run(bytes) {
        const read = decodeSurvey(textOf(bytes));
        const again = encodeSurvey(read);
        holds(encodeSurvey(decodeSurvey(again)) === again, 'a survey changes on its way');
        mergeSurveys(read, surveys[0]!);
      },
      isDocumented: (error) =>
        error instanceof RangeError && !/array|allocation/i.test(error.message),
      maxAllocation: grownBy(256),
    };
  },
};

/** A small table with each type of column. */
const TABLE: Table = {
  name: 'test',
  everyTicks: 20,
  columns: [
    { name: 'food', kind: 'state' },
    { name: 'squares', kind: 'state', type: 'uint64' },
    { name: 'shannon', kind: 'state', type: 'fraction' },
    { name: 'births', kind: 'change' },
  ],
  rowsPerItem: 5,
};

const rowsOf = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{
      tick: i * 20,
      food: i * i,
      squares: String(2n ** 63n + BigInt(i)),
      shannon: i / 7,
      births: i % 3 ? i : null,
    },
  }));

function isSealed(file: Uint8Array): boolean {
  try {
    return checkSeal(file);
  } catch {
    return true;
  }
}

/** What everything that reads rows believes of them. */
function assertRows(table: Table, rows: readonly Row[]): void {
  let before = -1;
  for (const row of rows) {
    const isTick = Number.isSafeInteger(row.tick) && row.tick > before && row.tick <= TICK_MAX;
    holds(isTick, `a row of the tick ${row.tick} after ${before}`);
    before = row.tick;
    for (const { name, type = 'integer' } of table.columns) {
      const value = row[name];
      const isRight =
        value === null ||
        (type === 'uint64' ? /^\d{1,20}$/.test(String(value)) : Number.isFinite(value));
      holds(isRight, `${name} is ${value}`);
    }
  }
}

const segment: Target = {
  name: 'segment',
  reads: [
    'services/platform/series/parquet.ts',
    'services/platform/series/parquet-seal.ts',
    'services/platform/series/segment-store.ts',
  ],
  async open() {
    const seeds = await Promise.all([1, 7, 300].map((count) => toParquet(TABLE, rowsOf(count))));
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      async run(bytes) {
        // Those of earlier builds, which the library reads unchecked.
        if (!isSealed(bytes)) return 'without a seal';
        const snapshots = { get: async () => bytes } as never;
        const store = new SegmentStore({ snapshots, colonyName: 'reef', table: TABLE });
        const rows = await store.get('i1', { level: 0, fromTick: 0 });
        assertRows(TABLE, rows ?? []);
        return 'taken';
      },
      isDocumented: isUnavailable,
      maxAllocation: grownBy(2_000, 64 * 2 ** 20),
    };
  },
};

const segmentName: Target = {
  name: 'segment-path',
  reads: ['services/protocol/series/segments.ts'],
  open() {
    const seeds = [
      bytesOf(segmentPath({ level: 0, fromTick: 20_480 })),
      bytesOf('12/000000000000.parquet'),
    ];
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const path = textOf(bytes);
        const found = segmentOf(path);
        if (found === undefined) return 'none';
        holds(Number.isSafeInteger(found.fromTick), 'no tick');
        return 'taken';
      },
      isDocumented: () => false,
      maxAllocation: grownBy(16),
    };
  },
};

const hash = 'a'.repeat(32);
const logged = (tick: number, event: object) => ({
  sequence: tick,
  tick,
  keyHash: hash,
  bodyHash: hash,
  event,
});
const LOGGED = [
  logged(1, { kind: 'extraFood', amount: -3 }),
  logged(2, { kind: 'cancellation', cancels: 1 }),
  logged(3, { kind: 'ruleChange', rule: 'breedBase', percent: 10 }),
  logged(4, {
    kind: 'createCreature',
    x: 1,
    y: 2,
    radiusX: 15,
    radiusY: 16,
    size: 9,
    canKill: true,
    canMove: false,
    colour: 255,
  }),
  logged(5, { kind: 'newTopography' }),
];

/** Items of the record store, as its adapters read them: fields that were parsed already, or a text. */
const storedItems: Target = {
  name: 'stored-items',
  reads: [
    'services/platform/series/stored-entry.ts',
    'services/platform/series/embedded-series.ts',
    'services/protocol/series/table.ts',
    'services/protocol/colony/colony-event.ts',
  ],
  open() {
    const items = [1, 5].map((count) => toItem(TABLE, rowsOf(count)));
    const statistics = toItem(STATISTICS_TABLE, [{ tick: 20, food: 3 }]);
    const seeds = [...items, statistics, { tick: 100, digest: '0123456789abcdef' }, ...LOGGED];
    return {
      seeds: seeds.map(jsonBytes),
      inputs: mutatedJson(seeds),
      run(bytes) {
        const fields = parseJson(bytes);
        const of = (name: string) => Object.hasOwn(Object(fields), name);
        if (of('digest')) return void parseStoredEntry(digestEntrySchema, 'digest', fields);
        if (of('sequence')) return void parseStoredEntry(loggedEventSchema, 'event', fields);
        const item = parseStoredEntry(seriesItemSchema, 'item', fields);
        const columns = (item.columns['tick'] ?? []).length;
        const rows = toRows(TABLE, item.columns);
        holds(rows.length === columns, 'rows are lost');
        assertTicks(rows);
        return undefined;
      },
      isDocumented: isUnavailable,
      maxAllocation: grownBy(256),
    };
  },
};

function assertTicks(rows: readonly Row[]): void {
  for (const { tick } of rows)
    holds(Number.isSafeInteger(tick) && tick >= 0, `a row of the tick ${JSON.stringify(tick)}`);
}

export const seriesTargets: readonly Target[] = [survey, segment, segmentName, storedItems];
