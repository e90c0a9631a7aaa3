import { join } from 'node:path';
import { AnimatedPng } from '../../platform/pictures/apng.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { StoredPicturesView } from '../../protocol/api/public-api.ts';
import type { ApiClient } from '../client/api-client.ts';
import { RefusedError } from '../client/api-error.ts';
import { CountProgress } from '../replay/count-progress.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { emptyFolder, writePieces, writeResult } from '../terminal/result-file.ts';

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
  if (pictures.length === 0) throw noPicture();
  const out = options.out ?? (format === 'png' ? 'pictures' : 'pictures.apng');
  const progress = new CountProgress(output, clock, { what: 'picture', count: pictures.length });
  const ticks: number[] = [];
  const fetched = fetchAll(client, listed, (done, tick) => {
    if (tick === undefined) output.note(removed(pictures[done - 1]?.tick));
    else ticks.push(tick);
    progress.show(done);
  });
  const sizeBytes =
    format === 'png'
      ? await writeSeries(out, fetched)
      : await writeAnimation(out, fetched, pictures.length, 1_000 / framesPerSecond);
  output.progress('');
  if (json) output.json({ colonyInstanceId, format, out, ticks, sizeBytes });
  else {
    const megabytes = (sizeBytes / 1e6).toFixed(1);
    const range = `ticks ${ticks[0]} to ${ticks.at(-1)}`;
    output.line(`${out}: ${ticks.length} pictures of ${range}, ${megabytes} MB`);
  }
  return EXIT.ok;
}

const removed = (tick: number | undefined) =>
  `The picture of tick ${tick} was removed meanwhile, and is left out.`;

interface Fetched {
  tick: number;
  png: Uint8Array;
}

const noPicture = () => new CliError('No picture is stored of these ticks.', EXIT.refused);

/**
 * One after the other: of a long life there are hundreds of megabytes. The colony thins them meanwhile.
 *
 * @param onDone called after each; without a tick if it has been removed since they were listed.
 * @throws CliError if none is there any more.
 */
async function* fetchAll(
  client: ApiClient,
  { colonyInstanceId, pictures }: StoredPicturesView,
  onDone: (done: number, tick: number | undefined) => void,
): AsyncGenerator<Fetched> {
  const query = new URLSearchParams({ colony_instance_id: colonyInstanceId });
  let isAnyThere = false;
  for (const [i, { tick }] of pictures.entries()) {
    const path = `/pictures/${tick}?${query}`;
    const png = await orRemoved(client.bytes(path, PICTURE_MAX_BYTES, 'image/png'));
    if (png !== undefined) yield { tick, png };
    isAnyThere ||= png !== undefined;
    onDone(i + 1, png && tick);
  }
  if (!isAnyThere) throw noPicture();
}

/** undefined: it is not there any more. */
async function orRemoved(picture: Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await picture;
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'PICTURE_NOT_FOUND') return undefined;
    throw error;
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

async function writeAnimation(
  file: string,
  pictures: AsyncIterable<Fetched>,
  framesMax: number,
  frameMs: number,
): Promise<number> {
  const animated = new AnimatedPng({ framesMax, frameMs });
  return writePieces(file, frames(animated, pictures), () => animated.frameCount);
}

async function* frames(
  animated: AnimatedPng,
  pictures: AsyncIterable<Fetched>,
): AsyncGenerator<Uint8Array> {
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
