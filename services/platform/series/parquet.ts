import { parquetReadObjects, type SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import type { Column, Row, Table, Value } from '../../protocol/series/table.ts';
import { checkSeal, seal, unsealed } from './parquet-seal.ts';

/*
 * Rows as Parquet: a column for `tick` and each of the table, whole numbers in 64 bits. The same rows give the same
 * bytes: neither the codec nor an encoding is left to the machine. A seal tells whether a file is whole
 * (parquet-seal.ts).
 */

const TICK = { name: 'tick', kind: 'state' } as const satisfies Column;
/** Ticks are always known, all else may not be. */
const columnsOf = ({ columns }: Table): Column[] => [TICK, ...columns];

/** So many values are written at a time: some 10 ms of work. */
const GROUP_VALUES = 22_000;

/**
 * A file of Parquet.
 *
 * @param breathe lets others do something in between. @default nobody
 */
export async function toParquet(
  table: Table,
  rows: readonly Row[],
  breathe: () => Promise<void> = async () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const columns = columnsOf(table);
  const groupRows = Math.max(128, Math.floor(GROUP_VALUES / columns.length));
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(schemaOf),
  ];
  const bytes = Object.assign(new ByteWriter(), { flush: breathe });
  const writer = new ParquetWriter({
    ...{ writer: bytes, schema, statistics: false },
    ...{ codec: 'SNAPPY', createdBy: 'distributed-colony' },
  });
  for (let at = 0; at < Math.max(1, rows.length); at += groupRows) {
    const group = rows.slice(at, at + groupRows);
    const columnData = columns.map((column) => sourceOf(column, group));
    await writer.write({ columnData, rowGroupSize: groupRows });
  }
  bytes.appendBytes(unsealed());
  await writer.finish();
  const file = new Uint8Array(bytes.getBuffer());
  seal(file);
  return file;
}

/**
 * The rows of a file that `toParquet` made, in this build or another: null for a column that it does not have.
 *
 * @throws Error if it is no such file, or it was damaged
 */
export async function fromParquet(table: Table, bytes: Uint8Array): Promise<Row[]> {
  checkSeal(bytes);
  const { buffer, byteOffset, byteLength } = bytes;
  const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  const columns = columnsOf(table);
  const found = await parquetReadObjects({ file });
  return found.map((values) => {
    const entries = columns.map((column) => [column.name, readValue(column, values[column.name])]);
    return Object.fromEntries(entries) as Row;
  });
}

function schemaOf({ name, type }: Column): SchemaElement {
  return {
    name,
    type: type === 'fraction' ? 'DOUBLE' : 'INT64',
    repetition_type: name === TICK.name ? 'REQUIRED' : 'OPTIONAL',
    ...(type === 'uint64' && { converted_type: 'UINT_64' }),
  };
}

function sourceOf({ name, type }: Column, rows: readonly Row[]): ColumnSource {
  if (type === 'fraction') return { name, data: rows.map((row) => row[name] ?? null) };
  const values = rows.map((row) => row[name] ?? null);
  // Those are written several times as fast.
  const areSmall = values.every((value) => value === null || value === Number(value) >> 0);
  const data = areSmall ? values : values.map((value) => (value === null ? null : BigInt(value)));
  return { name, data, encoding: 'DELTA_BINARY_PACKED', offsetIndex: false };
}

function readValue({ type }: Column, value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'bigint') return Number(value);
  return type === 'uint64' ? BigInt.asUintN(64, value).toString() : Number(value);
}
