import path from 'node:path';

const STATIC = 'Static mutant';

/**
 * Whether the tests let a mutant pass, or it cannot be told. One that makes them run out of time counts as killed; one
 * whose code runs only while modules are loaded was not tried.
 */
export const isAlive = ({ status, statusReason = '' }) =>
  status === 'Ignored' ? statusReason.startsWith(STATIC) : !isKilled({ status });

const isKilled = ({ status }) => status === 'Killed' || status === 'Timeout';

/** A comment in the source says why. */
const isEquivalent = ({ status, statusReason = '' }) =>
  status === 'Ignored' && !statusReason.startsWith(STATIC);

/** What became of mutants, as StrykerJS tells it. */
export function figuresOf(mutants) {
  const killed = mutants.filter(isKilled).length;
  const equivalent = mutants.filter(isEquivalent).length;
  const alive = mutants.filter(isAlive);
  const total = killed + equivalent + alive.length;
  const text = `${total} mutants, ${killed} killed, ${equivalent} equivalent, ${alive.length} alive`;
  return { killed, alive, text };
}

/** Where a mutant is, and what it puts there. */
export function mutantText({ fileName, location, mutatorName, replacement, status }) {
  const { line, column } = location.start;
  return `${status}: ${path.relative('', fileName)}:${line}:${column} ${mutatorName} → ${replacement}`;
}
