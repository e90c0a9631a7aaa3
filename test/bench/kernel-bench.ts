import { compileKernel } from '../../scripts/lib/kernel.mjs';
import type { Engine } from '../../services/kernel/engine.ts';
import { loadKernel } from '../../services/kernel/load-kernel.ts';
import { ReferenceEngine } from '../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../services/kernel/wasm-engine.ts';
import { type CellBlock, createCellBlock } from '../../services/world/cells/cell-block.ts';
import type { CellCopy } from '../../services/world/cells/cell-copy.ts';
import { haloPieces } from '../../services/world/cells/halo-pieces.ts';
import { writeGenesis } from '../../services/world/genesis/genesis.ts';
import { digestOf } from '../../services/world/measuring/digest.ts';
import { DEFAULT_WORLD_SPEC, type WorldSpec } from '../../services/world/spec/spec.ts';
import { RADIUS } from '../../services/world/tick/tick.ts';
import { FIELDS } from '../unit/world/worlds.ts';
import { type KernelImage, NativeKernel } from './native-kernel.ts';
import { cpuNs, type Summary, summarise } from './summary.ts';

const SIDE = 500;
const SPEC: WorldSpec = {
  ...DEFAULT_WORLD_SPEC,
  width: SIDE,
  height: SIDE,
  shardSize: SIDE,
  randomEvents: false,
};
const EXTENT = {
  ...{ x: 0, y: 0, width: SIDE, height: SIDE, halo: RADIUS },
  ...{ worldWidth: SIDE, worldHeight: SIDE },
};
const START_TICKS = [0, 200, 1000] as const;
const TICKS = 20;

interface Candidate {
  name: 'wasm' | 'reference' | 'native';
  /** Ticks from a state on; gives the CPU time of each tick and the digest they led to. */
  run(startTick: number): { ns: number[]; digest: bigint };
}

/** Of one start tick, nanoseconds per cell and tick; null where there is no C compiler. */
export interface KernelFigures {
  nsPerCellTick: number;
  referenceNsPerCellTick: number;
  nativeNsPerCellTick: number | null;
  mcellsPerSecond: number;
  spread: Record<string, Spread>;
  timesNative: Spread | null;
  timesFasterThanReference: Spread;
}

/** Of what was measured in each round; `undisturbed` from the best time of each single tick. */
type Spread = Summary & { undisturbed: number };

export type KernelResult = Record<`t${(typeof START_TICKS)[number]}`, KernelFigures> & {
  compiler: string | null;
};

/**
 * Measures one thread of the compiled kernel against the same in C and against plain JavaScript.
 * Each round runs all of them from the same states, in turn, so that what else the machine does
 * hits all alike; they must arrive at the same digests.
 */
export async function benchKernel({ rounds = 15 } = {}): Promise<KernelResult> {
  const engine = new WasmEngine(loadKernel(await compileKernel(process.cwd())));
  const native = NativeKernel.compile();
  try {
    const states = statesOf(engine);
    const candidates: Candidate[] = [wasm(engine, states), reference(states)];
    if (native !== undefined) candidates.push(inC(native, engine, states));
    const times = measure(candidates, rounds);
    const figures = START_TICKS.map((tick) => [`t${tick}`, figuresOf(times, tick)]);
    return { ...Object.fromEntries(figures), compiler: native?.compiler ?? null };
  } finally {
    native?.close();
  }
}

/** One thread of the compiled kernel, to hold what else is measured against. */
export interface KernelProbe {
  /** CPU nanoseconds per cell and tick: the mean over the ticks from 200 and from 1000 on. */
  measure(): number;
}

export async function kernelProbe({ rounds = 5 } = {}): Promise<KernelProbe> {
  const engine = new WasmEngine(loadKernel(await compileKernel(process.cwd())));
  const candidate = wasm(engine, statesOf(engine));
  return {
    measure() {
      const times = measure([candidate], rounds).get(candidate.name);
      const settled = START_TICKS.filter((tick) => tick > 0);
      const medians = settled.map((tick) => summarise(byRound(times?.get(tick) ?? [])).median);
      return medians.reduce((a, b) => a + b) / medians.length;
    },
  };
}

type Fields = ReturnType<typeof fieldsOf>;

function fieldsOf(block: CellBlock) {
  return FIELDS.map((field) => block[field].slice());
}

function restore(block: CellBlock, fields: Fields): void {
  FIELDS.forEach((field, i) => {
    block[field].set(fields[i] as Fields[number]);
  });
}

/** The world at each start tick, in a block of no engine. */
function statesOf(engine: Engine): Map<number, CellBlock> {
  const block = engine.createBlock(EXTENT);
  writeGenesis(block, SPEC);
  const exchange = engine.prepareCopies(ownMargin(block));
  const states = new Map<number, CellBlock>();
  for (let tick = 0; tick <= Math.max(...START_TICKS); tick++) {
    if (START_TICKS.some((start) => start === tick)) states.set(tick, unpadded(block));
    exchange();
    engine.tick(block, SPEC.rules, SPEC.seed, tick);
  }
  return states;
}

function ownMargin(block: CellBlock): CellCopy[] {
  return haloPieces(block, block).map((piece) => ({ ...piece, source: block, target: block }));
}

function unpadded(block: CellBlock): CellBlock {
  const copy = createCellBlock(EXTENT);
  fill(copy, block);
  return copy;
}

function fill(target: CellBlock, source: CellBlock): void {
  const columns = Math.min(source.stride, target.stride);
  for (const field of FIELDS) {
    for (let row = 0; row < source.rows; row++) {
      const from = row * source.stride;
      target[field].set(source[field].subarray(from, from + columns), row * target.stride);
    }
  }
}

function onEngine(
  name: Candidate['name'],
  engine: Engine,
  states: Map<number, CellBlock>,
): Candidate & { block: CellBlock } {
  const block = engine.createBlock(EXTENT);
  const exchange = engine.prepareCopies(ownMargin(block));
  const saved = new Map(
    [...states].map(([tick, state]) => {
      fill(block, state);
      return [tick, fieldsOf(block)];
    }),
  );
  return {
    name,
    block,
    run(startTick) {
      restore(block, saved.get(startTick) as Fields);
      const ns: number[] = [];
      for (let tick = startTick; tick < startTick + TICKS; tick++) {
        exchange();
        const startedNs = cpuNs();
        engine.tick(block, SPEC.rules, SPEC.seed, tick);
        ns.push(cpuNs() - startedNs);
      }
      return { ns, digest: engine.digestOf(block) };
    },
  };
}

const wasm = (engine: Engine, states: Map<number, CellBlock>) => onEngine('wasm', engine, states);

/** The reference is plain JavaScript over typed arrays, without branches where either is likely. */
const reference = (states: Map<number, CellBlock>) =>
  onEngine('reference', new ReferenceEngine(), states);

/** Works on images of the memory of an engine of its own, one for each state. */
function inC(native: NativeKernel, like: WasmEngine, states: Map<number, CellBlock>): Candidate {
  const engine = new WasmEngine(like.thread.module);
  const block = engine.createBlock(EXTENT);
  const jobs = engine.layCopies(ownMargin(block));
  engine.tick(block, SPEC.rules, SPEC.seed, 0); // writes the rules
  const whole = () => new Uint8Array(engine.memory.buffer, 0, engine.memory.endAddress);
  const address = engine.addressOf(block);
  const images = new Map<number, KernelImage>();
  for (const [tick, state] of states) {
    fill(block, state);
    const image = { bytes: whole().slice(), block: address, scratch: engine.thread.scratch, jobs };
    native.save(`t${tick}`, image);
    images.set(tick, image);
  }
  return {
    name: 'native',
    run(startTick) {
      const image = images.get(startTick) as KernelImage;
      const { ns, after } = native.run(`t${startTick}`, image, SPEC.seed, startTick, TICKS);
      whole().set(after());
      return { ns, digest: digestOf(block) };
    },
  };
}

/** CPU nanoseconds by candidate and start tick, and then by round and tick. */
type Times = Map<Candidate['name'], Map<number, number[][]>>;

function measure(candidates: readonly Candidate[], rounds: number): Times {
  const times: Times = new Map(
    candidates.map(({ name }) => [name, new Map(START_TICKS.map((tick) => [tick, []]))]),
  );
  // Round -1 compiles what runs hot, and is not counted.
  for (let round = -1; round < rounds; round++) {
    const inTurn = round % 2 === 0 ? candidates : [...candidates].reverse();
    for (const startTick of START_TICKS) {
      const digests = new Set<bigint>();
      for (const { name, run } of inTurn) {
        const { ns, digest } = run(startTick);
        digests.add(digest);
        if (round >= 0) times.get(name)?.get(startTick)?.push(ns);
      }
      if (digests.size > 1) throw new Error(`digests differ ${TICKS} ticks after ${startTick}`);
    }
  }
  return times;
}

/** Nanoseconds per cell and tick, a value for each round. */
function byRound(times: number[][]): number[] {
  return times.map((ns) => ns.reduce((a, b) => a + b) / (TICKS * SIDE * SIDE));
}

/** The same from the best time of each tick: what it takes when nothing else runs. */
function undisturbed(times: number[][]): number {
  const best = Array.from({ length: TICKS }, (_, tick) =>
    Math.min(...times.map((ns) => ns[tick] as number)),
  );
  return byRound([best])[0] as number;
}

function figuresOf(times: Times, tick: number): KernelFigures {
  const of = (name: Candidate['name']) => times.get(name)?.get(tick);
  const own = of('wasm') as number[][];
  const plain = of('reference') as number[][];
  const native = of('native');
  const median = (all: number[][]) => summarise(byRound(all)).median;
  const ratio = (a: number[][], b: number[][]): Spread => ({
    ...summarise(byRound(a).map((ns, round) => ns / (byRound(b)[round] as number))),
    undisturbed: undisturbed(a) / undisturbed(b),
  });
  const spread = Object.fromEntries(
    [...times].map(([name, byTick]) => {
      const all = byTick.get(tick) as number[][];
      return [name, { ...summarise(byRound(all)), undisturbed: undisturbed(all) }];
    }),
  );
  return {
    nsPerCellTick: median(own),
    referenceNsPerCellTick: median(plain),
    nativeNsPerCellTick: native === undefined ? null : median(native),
    mcellsPerSecond: 1000 / median(own),
    spread,
    timesNative: native === undefined ? null : ratio(own, native),
    timesFasterThanReference: ratio(plain, own),
  };
}
