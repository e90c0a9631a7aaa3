import { parseArgs } from 'node:util';
import type { Overrides } from '../draw/plan.ts';
import { FAULTS } from '../faults/table.ts';
import type { PlantedBug } from '../planted/planted-bug.ts';
import { PLANTED } from '../planted/present.ts';
import { PLANTED_BUGS } from '../planted/table.ts';

/** What the command line asks for. */
export interface Options {
  from: number;
  seeds: number;
  /** One seed alone: its trace hash is printed. */
  isSingle: boolean;
  traceFile: string | undefined;
  shrinks: boolean;
  workers: number | undefined;
  overrides: Overrides;
  /** A bug that the sources are to have. */
  plant: PlantedBug | undefined;
  /** Planted bugs are looked for: this one, or all of the list. */
  findsPlanted: boolean;
}

/** So many seeds have to find a planted bug. */
const PLANTED_SEEDS = 200;

export const USAGE = `Usage:
  npm run swarm -- --seeds N [--from S] [--workers N]
  npm run swarm -- --seed S [--trace FILE] [--shrink]
  npm run swarm -- --planted [--plant NAME] [--seeds N]
  npm run swarm -- --plant NAME --seed S (or --seeds N, as above)
What a seed draws can be overridden:
  --coordinators N  --backends N  --clients N  --faulty-ms N  --faults NAME,NAME (or none)`;

/** @throws Error that says which option is wrong. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      from: { type: 'string' },
      trace: { type: 'string' },
      shrink: { type: 'boolean' },
      workers: { type: 'string' },
      coordinators: { type: 'string' },
      backends: { type: 'string' },
      clients: { type: 'string' },
      'faulty-ms': { type: 'string' },
      faults: { type: 'string' },
      planted: { type: 'boolean' },
      plant: { type: 'string' },
    },
  });
  const whole = (name: keyof typeof values, least: number): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new Error(`--${name} is ${text}, expected a whole number of ${least} or more`);
  };
  const seed = whole('seed', 0);
  const findsPlanted = values.planted ?? false;
  const mostSeeds = whole('seeds', 1) ?? (findsPlanted ? PLANTED_SEEDS : undefined);
  const seeds = seed === undefined ? mostSeeds : 1;
  if (seeds === undefined) throw new Error('--seed or --seeds is missing');
  return {
    from: seed ?? whole('from', 0) ?? 1,
    seeds,
    isSingle: seed !== undefined,
    traceFile: values.trace,
    shrinks: values.shrink ?? false,
    workers: whole('workers', 1),
    plant: bugOf(values.plant),
    findsPlanted,
    overrides: {
      coordinators: whole('coordinators', 1),
      backends: whole('backends', 1),
      clients: whole('clients', 0),
      faultyMs: whole('faulty-ms', 0),
      faults: faultsOf(values.faults),
    },
  };
}

function faultsOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text === 'none' ? [] : text.split(',');
  const unknown = names.find((name) => !FAULTS.some((kind) => kind.name === name));
  if (unknown === undefined) return names;
  const known = FAULTS.map(({ name }) => name).join(', ');
  throw new Error(`--faults names ${unknown}, known are ${known}`);
}

function bugOf(name: string | undefined): PlantedBug | undefined {
  if (name === undefined) return undefined;
  const bug = PLANTED_BUGS.find((one) => one.name === name);
  if (bug !== undefined) return bug;
  const known = PLANTED_BUGS.map((one) => one.name).join(', ');
  throw new Error(`--plant names ${name}, known are ${known}`);
}

/** The command that does a run again. */
export function commandOf(seed: number, overrides: Overrides): string {
  const { faults, faultyMs, ...counts } = overrides;
  const options = Object.entries({ ...counts, 'faulty-ms': faultyMs }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value}`],
  );
  if (faults !== undefined) options.push(`--faults ${faults.join(',') || 'none'}`);
  if (PLANTED !== undefined) options.push(`--plant ${PLANTED}`);
  return ['npm run swarm --', `--seed ${seed}`, ...options].join(' ');
}
