import { compileKernel } from '../../../scripts/lib/kernel.mjs';
import { loadKernel } from '../../../services/kernel/load-kernel.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import { writeGenesis } from '../../../services/world/genesis/genesis.ts';
import { LAYER_BYTES, type Layer, sampleLayer } from '../../../services/world/measuring/layers.ts';
import { SharedSamples } from '../../../services/world/measuring/shared-samples.ts';
import { drawSquares, imageOf } from '../../../services/world/measuring/squares.ts';
import { DEFAULT_WORLD_SPEC, type WorldSpec } from '../../../services/world/spec/spec.ts';
import { RADIUS } from '../../../services/world/tick/tick.ts';
import { cpuNs, type Summary, summarise } from '../summary.ts';

const SIDE = 1_000;
const HALO = 8 * RADIUS;
const SPEC: WorldSpec = {
  ...DEFAULT_WORLD_SPEC,
  ...{ width: SIDE, height: SIDE, shardSize: SIDE, randomEvents: false },
};
const TICKS = 400;
const ROUNDS = 15;
const LAYERS_MEASURED = ['colour', 'food', 'health'] as const satisfies readonly Layer[];
const ZOOMS = [0, 1, 2, 4] as const;

/** CPU nanoseconds per cell of the world. */
export interface SamplingRow {
  layer: Layer;
  zoom: number;
  /** The one cell per pixel of `GET /frame`. */
  upperLeft: Summary;
  plain: Summary;
  kernel: Summary;
}

/** What pictures cost where the cells are, of a world that has lived a while. */
export async function benchSampling(): Promise<{ rows: SamplingRow[] }> {
  const engine = new WasmEngine(loadKernel(await compileKernel(process.cwd())));
  try {
    const extent = { x: 0, y: 0, width: SIDE, height: SIDE, worldWidth: SIDE, worldHeight: SIDE };
    const block = engine.createBlock({ ...extent, halo: HALO });
    writeGenesis(block, SPEC);
    // Its margin stands for neighbours, and is stale: what lives inside is as good as any other.
    for (let tick = 0; tick < TICKS; tick++) engine.tick(block, SPEC.rules, SPEC.seed, tick);
    const sampler = engine.createSampler();
    const rows = ZOOMS.flatMap((zoom) =>
      LAYERS_MEASURED.map((layer): SamplingRow => {
        const side = Math.ceil(SIDE / 2 ** zoom);
        const image = imageOf({ x: 0, y: 0, width: side, height: side }, layer);
        const bytes = new Uint8Array(side * side * LAYER_BYTES[layer]);
        const rect = { x: 0, y: 0, width: SIDE, height: SIDE, scale: 2 ** zoom };
        const view = { layer, zoom, rules: SPEC.rules, tick: TICKS, owner: 1 };
        const times = inTurn({
          upperLeft: () => sampleLayer(block, layer, SPEC.rules, TICKS, rect, 1, bytes),
          plain: () => drawSquares(block, view, image, new SharedSamples()),
          kernel: () => drawSquares(block, view, image, new SharedSamples(), sampler),
        });
        return { layer, zoom, ...times };
      }),
    );
    return { rows };
  } finally {
    engine.close();
  }
}

/** Runs all in turn, so that what else the machine does hits all alike. */
function inTurn<K extends string>(work: Record<K, () => void>): Record<K, Summary> {
  const names = Object.keys(work) as K[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    K,
    number[]
  >;
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const from = cpuNs();
      work[name]();
      times[name].push((cpuNs() - from) / (SIDE * SIDE));
    }
  }
  return Object.fromEntries(names.map((name) => [name, summarise(times[name])])) as Record<
    K,
    Summary
  >;
}
