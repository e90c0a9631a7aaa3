import { join } from 'node:path';
import { AnimatedPng } from '../../platform/pictures/apng.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { StoredPicturesView } from '../../protocol/api/public-api.ts';
import type { ApiClient } from '../client/api-client.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { emptyFolder, writePieces, writeResult } from '../terminal/result-file.ts';
import { CountProgress } from './count-progress.ts';

export interface ExportPicturesOptions {
  /** Ticks, both included. @default the whole life of the colony */
  from?: number;
  to?: number;
  format: 'png' | 'apng';
  /** @default the folder `pictures`, or the file `pictures.apng` */
  out?: string;
  /** Of an animation. */
  framesPerSecond: number;
  json?: boolean;
}

/** More than a picture takes. */
const PICTURE_MAX_BYTES = 16 * 2 ** 20;

/** `colony export pictures`: the stored pictures, as a PNG each in a folder, or as one animated PNG. */
export async function exportPicturesCommand(
  client: ApiClient,
  options: ExportPicturesOptions,
  output: Output,
  { clock }: { clock: Clock },
): Promise<ExitCode> {
  const { from, to, format, framesPerSecond, json } = options;
  const listed = await client.pictures({
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  });
  const { colonyInstanceId, pictures } = listed;
  const [first, last] = [pictures[0], pictures.at(-1)];
  if (first === undefined || last === undefined) {
    throw new CliError('No picture is stored of these ticks.', EXIT.refused);
  }
  const out = options.out ?? (format === 'png' ? 'pictures' : 'pictures.apng');
  const progress = new CountProgress(output, clock, { what: 'picture', count: pictures.length });
  const fetched = fetchAll(client, listed, (done) => progress.show(done));
  const sizeBytes =
    format === 'png'
      ? await writeSeries(out, fetched)
      : await writePieces(out, animation(fetched, pictures.length, 1_000 / framesPerSecond));
  output.progress('');
  if (json) {
    const ticks = pictures.map(({ tick }) => tick);
    output.json({ colonyInstanceId, format, out, ticks, sizeBytes });
  } else {
    const megabytes = (sizeBytes / 1e6).toFixed(1);
    const range = `ticks ${first.tick} to ${last.tick}`;
    output.line(`${out}: ${pictures.length} pictures of ${range}, ${megabytes} MB`);
  }
  return EXIT.ok;
}

interface Fetched {
  tick: number;
  png: Uint8Array;
}

/** One after the other: of a long life there are hundreds of megabytes. */
async function* fetchAll(
  client: ApiClient,
  { colonyInstanceId, pictures }: StoredPicturesView,
  onDone: (done: number) => void,
): AsyncGenerator<Fetched> {
  const query = new URLSearchParams({ colony_instance_id: colonyInstanceId });
  for (const [i, { tick }] of pictures.entries()) {
    const path = `/pictures/${tick}?${query}`;
    yield { tick, png: await client.bytes(path, PICTURE_MAX_BYTES, 'image/png') };
    onDone(i + 1);
  }
}

async function writeSeries(folder: string, pictures: AsyncIterable<Fetched>): Promise<number> {
  await emptyFolder(folder);
  let sizeBytes = 0;
  for await (const { tick, png } of pictures) {
    // Names sort by tick.
    await writeResult(join(folder, `${String(tick).padStart(10, '0')}.png`), png);
    sizeBytes += png.byteLength;
  }
  return sizeBytes;
}

async function* animation(
  pictures: AsyncIterable<Fetched>,
  frames: number,
  frameMs: number,
): AsyncGenerator<Uint8Array> {
  const animated = new AnimatedPng({ frames, frameMs });
  for await (const { tick, png } of pictures) {
    try {
      yield animated.frame(png);
    } catch (error) {
      const reason = (error as Error).message;
      throw new CliError(`The picture of tick ${tick} is no good: ${reason}.`, EXIT.refused, error);
    }
  }
  yield animated.end();
}
