import type { CoordinatorSettings } from '../../../services/coordinator/coordinator-options.ts';
import type { WorldSpec } from '../../../services/world/spec/spec.ts';
import { FAULTS } from '../faults/table.ts';
import { Draws } from './draws.ts';
import { drawSettings } from './settings.ts';
import { drawSpec } from './specs.ts';

/** All that decides a run. */
export interface Plan {
  seed: number;
  coordinators: number;
  backends: number;
  spec: WorldSpec;
  settings: CoordinatorSettings;
  /** How long a tick takes; 0 for no time. */
  tickMs: number;
  /** Whether the leader starts and ends backends by the number that is wanted. */
  scales: boolean;
  clients: number;
  /** How long a client thinks between two requests, in the mean. */
  thinkMs: number;
  /** How long faults strike, in virtual time. */
  faultyMs: number;
  /** Of each kind of fault, by its name; those that are left out never strike. */
  rates: Readonly<Record<string, number>>;
}

/** What is to be as it is said, and not as the seed draws it. */
export interface Overrides {
  coordinators?: number | undefined;
  backends?: number | undefined;
  clients?: number | undefined;
  faultyMs?: number | undefined;
  /** The only kinds of faults that may strike. */
  faults?: readonly string[] | undefined;
}

/** A run as the seed draws it: a change of one thing leaves all others as they are. */
export function drawPlan(seed: number, overrides: Overrides = {}): Plan {
  const draws = new Draws(seed, 'plan');
  const spec = drawSpec(new Draws(seed, 'spec'));
  const settings = drawSettings(new Draws(seed, 'settings'), spec);
  const shards = (spec.width / spec.shardSize) * (spec.height / spec.shardSize);
  const backends = Math.min(12, Math.max(1, Math.floor(draws.logBetween(1, 13))));
  const plan: Plan = {
    seed,
    coordinators: draws.whole(1, 3),
    backends: shards > 30 ? Math.min(4, backends) : backends,
    spec,
    settings: settings.settings,
    tickMs: settings.tickMs,
    scales: draws.chance(0.4),
    clients: draws.whole(1, 4),
    thinkMs: draws.logBetween(500, 12_000),
    faultyMs: Math.round(draws.logBetween(30_000, 240_000)),
    rates: drawRates(new Draws(seed, 'rates')),
  };
  const { faults, ...others } = overrides;
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) Object.assign(plan, { [name]: value });
  }
  if (faults !== undefined) {
    plan.rates = Object.fromEntries(
      Object.entries(plan.rates).filter(([name]) => faults.includes(name)),
    );
  }
  plan.settings = {
    ...plan.settings,
    minBackends: Math.min(plan.settings.minBackends, plan.backends),
  };
  return plan;
}

/**
 * Each run has some kinds of faults strongly and others not at all (Groce et al., "Swarm Testing", ISSTA 2012):
 * a mean of all kinds would hide what needs much of one and nothing of another.
 */
function drawRates(draws: Draws): Record<string, number> {
  const share = draws.pick([0, 0.05, 0.1, 0.2, 0.35, 0.6]);
  const rates: Record<string, number> = {};
  for (const { name, rate } of FAULTS) {
    const drawn = draws.logBetween(...rate);
    if (draws.chance(share)) rates[name] = drawn;
  }
  return rates;
}
