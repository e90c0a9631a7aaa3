import { runMany } from '../command/many.ts';
import type { Overrides } from '../draw/plan.ts';
import type { Outcome } from '../outcome.ts';
import { bundlePlanted } from './plant.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Which seeds are tried. */
export interface SearchOptions {
  from: number;
  /** At most so many. */
  seeds: number;
  workers: number;
  overrides: Overrides;
}

/** @returns the run of the first seed that finds the bug; undefined if none does. */
export async function findBug(bug: PlantedBug, o: SearchOptions): Promise<Outcome | undefined> {
  let found: Outcome | undefined;
  await runMany({
    ...o,
    script: await bundlePlanted(bug),
    // Seeds are given in their order: those before it are done or under way.
    isEnough: () => found !== undefined,
    onOutcome: (outcome) => {
      if (outcome.violation === undefined) return;
      if (found === undefined || outcome.seed < found.seed) found = outcome;
    },
  });
  return found;
}

/**
 * Looks for each of the bugs, and prints a table: its name, how many seeds it took, the seed, and what it violates.
 *
 * @returns whether all were found.
 */
export async function findBugs(
  bugs: readonly PlantedBug[],
  o: SearchOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const width = Math.max(...bugs.map(({ name }) => name.length));
  print(row(width, 'bug', 'seeds', 'seed', 'found by'));
  let missed = 0;
  for (const bug of bugs) {
    const outcome = await findBug(bug, o);
    if (outcome?.violation === undefined) {
      missed++;
      print(row(width, bug.name, o.seeds, '-', 'NOT FOUND'));
      continue;
    }
    const { seed, violation } = outcome;
    const [problem = ''] = violation.problem.split('\n');
    const text = `${violation.invariant}: ${problem.slice(0, 100)}`;
    print(row(width, bug.name, seed - o.from + 1, seed, text));
  }
  print(`${bugs.length - missed} of ${bugs.length} planted bugs found`);
  return missed === 0;
}

const row = (width: number, name: string, ...cells: readonly (string | number)[]): string =>
  [name.padEnd(width), ...cells.map((cell) => String(cell).padStart(5))].join('  ');
