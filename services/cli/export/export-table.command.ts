import type { ApiClient } from '../client/api-client.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { writeResult } from '../terminal/result-file.ts';

/** What `GET /statistics` answers in. */
export const STATISTICS_FORMATS = ['csv', 'json'] as const;

export interface ExportStatisticsOptions {
  /** Ticks, both included. @default the whole life of the colony */
  from?: number;
  to?: number;
  /** At most so many rows. */
  points: number;
  format: (typeof STATISTICS_FORMATS)[number];
  /** @default `statistics.FORMAT` */
  out?: string;
  json?: boolean;
}

const TABLE_MAX_BYTES = 64 * 2 ** 20;

/** `colony export statistics`: what was measured through time, as a table in a file. */
export async function exportStatisticsCommand(
  client: ApiClient,
  options: ExportStatisticsOptions,
  output: Output,
): Promise<ExitCode> {
  const { from, to, points, format, json } = options;
  const query = new URLSearchParams({ points: String(points), format });
  if (from !== undefined) query.set('from', String(from));
  if (to !== undefined) query.set('to', String(to));
  const table = await client.bytes(`/statistics?${query}`, TABLE_MAX_BYTES);
  const out = options.out ?? `statistics.${format}`;
  await writeResult(out, table);
  const sizeBytes = table.byteLength;
  if (json) output.json({ format, out, sizeBytes });
  else output.line(`${out}: ${(sizeBytes / 1e6).toFixed(2)} MB`);
  return EXIT.ok;
}
