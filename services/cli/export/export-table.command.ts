import { INCOMPLETE_HEADER } from '../../protocol/api/series-api.ts';
import type { TableName } from '../../protocol/series/tables.ts';
import type { ApiClient } from '../client/api-client.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { writeResult } from '../terminal/result-file.ts';

/** What `GET /statistics` and `/surveys` answer in. */
export const TABLE_FORMATS = ['csv', 'json', 'parquet'] as const;

export interface ExportTableOptions {
  /** Ticks, both included. @default the whole life of the colony */
  from?: number;
  to?: number;
  /** At most so many rows. */
  points: number;
  format: (typeof TABLE_FORMATS)[number];
  /** @default `TABLE.FORMAT` */
  out?: string;
  json?: boolean;
}

const TABLE_MAX_BYTES = 64 * 2 ** 20;

/** `colony export statistics` and `surveys`: what was measured through time, in a file as the API answers it. */
export async function exportTableCommand(
  client: ApiClient,
  table: TableName,
  options: ExportTableOptions,
  output: Output,
): Promise<ExitCode> {
  const { from, to, points, format, json } = options;
  const query = new URLSearchParams({ points: String(points), format });
  if (from !== undefined) query.set('from', String(from));
  if (to !== undefined) query.set('to', String(to));
  output.progress(`asking for ${table}`);
  const { body, headers } = await client.bytesOf(`/${table}?${query}`, TABLE_MAX_BYTES);
  output.progress('');
  const out = options.out ?? `${table}.${format}`;
  await writeResult(out, body);
  const sizeBytes = body.byteLength;
  const incomplete = headers.get(INCOMPLETE_HEADER);
  if (json) output.json({ format, out, sizeBytes, incomplete });
  else output.line(`${out}: ${(sizeBytes / 1e6).toFixed(2)} MB`);
  if (incomplete !== null) {
    output.note(`${out} lacks rows that the colony cannot read now (${incomplete}).`);
    return EXIT.refused;
  }
  return EXIT.ok;
}
