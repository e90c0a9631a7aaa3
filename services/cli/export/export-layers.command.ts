import { LAYERS, type Layer } from '../../world/measuring/layers.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import type { ApiClient } from '../client/api-client.ts';
import { type PastOptions, visitPast } from '../replay/past-world.ts';
import type { ReplayHost } from '../replay/run-replay.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { emptyFolder, orUnwritable } from '../terminal/result-file.ts';
import type { WriteLayers } from './layer-store.ts';

/** Those that a state has: who owned a cell is no part of it. */
export const STATE_LAYERS = LAYERS.filter((layer) => layer !== 'owner');

export interface ExportLayersOptions extends PastOptions {
  /** The first tick. */
  tick: number;
  /** The last tick. @default the first */
  to?: number;
  /** From one tick to the next. */
  every: number;
  layers: readonly Layer[];
  /** @default `layers-TICK.zarr` */
  out?: string;
  json?: boolean;
}

const TICKS_MAX = 10_000;

/** `colony export layers`: the cells of past ticks as arrays (Zarr), for analysis. */
export async function exportLayersCommand(
  client: ApiClient,
  options: ExportLayersOptions,
  output: Output,
  host: ReplayHost,
): Promise<ExitCode> {
  const { tick, layers, json } = options;
  const ticks = ticksOf(options);
  const out = options.out ?? `layers-${tick}.zarr`;
  await emptyFolder(out);
  let write: WriteLayers | undefined;
  let instance = '';
  let index = 0;
  await visitPast(client, ticks, options, output, host, async (state) => {
    const { world, colonyInstanceId } = state;
    instance = colonyInstanceId;
    write ??= await createStore(out, { ...state, ticks, layers });
    const sample = world.sample.bind(world);
    await orUnwritable(out, write(index++, sample));
  });
  if (json) output.json({ colonyInstanceId: instance, out, ticks, layers });
  else output.line(`${out}: ${layers.join(', ')} of ${ticks.length} ticks`);
  return EXIT.ok;
}

async function createStore(
  folder: string,
  {
    world,
    colonyInstanceId,
    ticks,
    layers,
  }: Parameters<Parameters<typeof visitPast>[5]>[0] & {
    ticks: readonly number[];
    layers: readonly Layer[];
  },
): Promise<WriteLayers> {
  const { width, height, seed } = world.spec;
  const attributes = { colonyInstanceId, engineVersion: ENGINE_VERSION, seed };
  // Loaded when it is needed: it brings a compressor.
  const { createLayerStore } = await import('./layer-store.ts');
  return orUnwritable(
    folder,
    createLayerStore({ folder, width, height, ticks, layers, attributes }),
  );
}

function ticksOf({ tick, to = tick, every }: ExportLayersOptions): number[] {
  if (to < tick) throw new CliError(`--to ${to} is before --tick ${tick}.`, EXIT.usage);
  const count = Math.floor((to - tick) / every) + 1;
  if (count > TICKS_MAX) {
    throw new CliError(`${count} ticks are too many, at most ${TICKS_MAX}.`, EXIT.usage);
  }
  return Array.from({ length: count }, (_, i) => tick + i * every);
}
