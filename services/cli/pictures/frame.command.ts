import { lookupTable, paint } from '../../protocol/pictures/palette.ts';
import { pictureScale } from '../../protocol/pictures/picture-scale.ts';
import {
  assertPicture,
  PICTURE_HEADER_BYTES,
  PICTURE_MAX_BYTES,
  type PictureRect,
  pictureColumns,
  picturePixelsBytes,
  pictureRows,
  readPictureHeader,
} from '../../protocol/wire/picture-codec.ts';
import { LAYER_BYTES, type Layer } from '../../world/measuring/layers.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { ApiClient } from '../client/api-client.ts';
import { grouped } from '../colony/status-text.ts';
import { type PastOptions, visitPast } from '../replay/past-world.ts';
import type { ReplayHost } from '../replay/run-replay.ts';
import { runningColony } from '../replay/running-colony.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { writePng } from './png-file.ts';

export interface FrameOptions extends PastOptions {
  /** Past, or the present one. @default the present one, as the colony shows it */
  tick?: number;
  layer: Layer;
  /** @default 0 */
  x?: number;
  /** @default 0 */
  y?: number;
  /** In cells. @default up to the edge of the world */
  width?: number;
  /** In cells. @default up to the edge of the world */
  height?: number;
  /** One pixel stands for scale × scale cells. @default the least with which no side has more than 1,024 pixels */
  scale?: number;
  /** @default `frame-TICK.png` */
  out?: string;
  json?: boolean;
}

/** Values of a layer, and what is needed to colour them. */
interface Frame {
  readonly layer: Layer;
  readonly rect: PictureRect;
  readonly rules: Rules;
  /** Without a header. */
  readonly pixels: Uint8Array;
  /** Shards may be in different ticks at present. */
  readonly minTick: number;
  readonly maxTick: number;
  readonly colonyInstanceId: string;
  readonly fromCheckpoint?: number | undefined;
}

/** `colony frame`: a picture of the world, or of a part of it, as it is or as it was at any past tick. */
export async function frameCommand(
  client: ApiClient,
  options: FrameOptions,
  output: Output,
  host: ReplayHost,
): Promise<ExitCode> {
  const frame =
    options.tick === undefined
      ? await presentFrame(client, options)
      : await pastFrame(client, options.tick, options, output, host);
  const { layer, rect, minTick, maxTick, colonyInstanceId, fromCheckpoint } = frame;
  const file = options.out ?? `frame-${minTick}.png`;
  const columns = pictureColumns(rect);
  const rows = pictureRows(rect);
  const sizeBytes = await writePng(file, { columns, rows, rgb: colouredOf(frame) });
  const facts = { tick: minTick, maxTick, layer, ...rect, columns, rows, file, sizeBytes };
  if (options.json) {
    output.json({ ...facts, colonyInstanceId, fromCheckpoint: fromCheckpoint ?? null });
  } else {
    const ticks =
      maxTick > minTick ? `${grouped(minTick)} to ${grouped(maxTick)}` : grouped(minTick);
    output.line(`${file}: ${layer} at tick ${ticks}, ${columns} x ${rows} pixels`);
  }
  return EXIT.ok;
}

async function presentFrame(client: ApiClient, options: FrameOptions): Promise<Frame> {
  const view = await client.colony();
  const { colonyInstanceId, spec } = runningColony(view, 'show');
  const { layer } = options;
  const rect = rectOf(options, spec);
  const query = new URLSearchParams({ layer });
  for (const [name, value] of Object.entries(rect)) query.set(name, String(value));
  const most = PICTURE_HEADER_BYTES + PICTURE_MAX_BYTES;
  const bytes = await client.bytes(`/frame?${query}`, most);
  const { minTick, maxTick, ...shown } = readPictureHeader(bytes);
  const asked = { layer, ...rect };
  for (const name of Object.keys(asked) as (keyof typeof asked)[]) {
    if (shown[name] === asked[name]) continue;
    throw new CliError(`${client.url} answered another frame than was asked for.`, EXIT.usage);
  }
  const pixels = bytes.subarray(PICTURE_HEADER_BYTES);
  const rules = view.rules ?? spec.rules;
  return { layer, rect, rules, pixels, minTick, maxTick, colonyInstanceId };
}

async function pastFrame(
  client: ApiClient,
  tick: number,
  options: FrameOptions,
  output: Output,
  host: ReplayHost,
): Promise<Frame> {
  const { layer } = options;
  if (layer === 'owner') {
    throw new CliError(
      'Who owned a cell is no part of a past state: not --layer owner.',
      EXIT.usage,
    );
  }
  // Before a long replay, not after it.
  rectOf(options, runningColony(await client.colony(), 'show').spec);
  let frame: Frame | undefined;
  await visitPast(client, [tick], options, output, host, async (state) => {
    const { world, colonyInstanceId, fromCheckpoint } = state;
    const rect = rectOf(options, world.spec);
    const pixels = new Uint8Array(picturePixelsBytes(layer, rect));
    world.sample(layer, rect, pixels);
    const facts = { colonyInstanceId, fromCheckpoint, minTick: tick, maxTick: tick };
    frame = { ...facts, layer, rect, pixels, rules: world.rules };
  });
  if (frame === undefined) throw new Error('the past was not visited');
  return frame;
}

function rectOf(options: FrameOptions, spec: WorldSpec): PictureRect {
  const { layer, x = 0, y = 0 } = options;
  const width = options.width ?? Math.max(1, spec.width - x);
  const height = options.height ?? Math.max(1, spec.height - y);
  const rect = { x, y, width, height, scale: options.scale ?? pictureScale({ width, height }) };
  try {
    assertPicture(layer, rect, spec);
  } catch (error) {
    throw new CliError(`${(error as Error).message}.`, EXIT.usage, error);
  }
  return rect;
}

/** Red, green and blue of all pixels. */
function colouredOf({ layer, rect, rules, pixels }: Frame): Uint8Array {
  const words = new Uint32Array(pictureColumns(rect) * pictureRows(rect));
  const table = LAYER_BYTES[layer] === 4 ? new Uint32Array(0) : lookupTable(layer, rules);
  paint(layer, pixels as Uint8Array<ArrayBuffer>, table, words);
  const rgb = new Uint8Array(3 * words.length);
  for (const [i, word] of words.entries()) {
    rgb[3 * i] = word;
    rgb[3 * i + 1] = word >>> 8;
    rgb[3 * i + 2] = word >>> 16;
  }
  return rgb;
}
