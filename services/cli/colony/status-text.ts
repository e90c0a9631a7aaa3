import type {
  BackendView,
  CheckpointView,
  ColonyView,
  TopologyView,
} from '../../protocol/api/public-api.ts';
import { ruleText } from '../../protocol/colony/rule-text.ts';
import { RULE_NAMES, type Rules } from '../../world/spec/rules.ts';
import { paceText } from '../terminal/options.ts';

/** `1 234 567`: digits in groups of three. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** Ticks per second; a colony that stands has none. */
export const rateText = (ticksPerSecond: number): string =>
  ticksPerSecond === 0 ? '0' : ticksPerSecond.toFixed(1);

/** Pads columns to one width each. */
function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `GET /colony` for people. */
export function statusLines(view: ColonyView): string[] {
  const { spec, statistics, lastDigest, lastFailure, leader } = view;
  const facts: [string, string | undefined][] = [
    ['colony', view.name],
    ['status', view.status],
    ['phase', view.phaseDetail === null ? view.phase : `${view.phase}: ${view.phaseDetail}`],
    ['instance', view.colonyInstanceId ?? undefined],
    ['tick', tickText(view)],
    ['pace', paceLine(view)],
    [
      'world',
      spec === null
        ? undefined
        : `${spec.width} x ${spec.height}, shards of ${spec.shardSize}, seed ${spec.seed}, engine version ${view.engineVersion}`,
    ],
    ['population', populationLine(statistics)],
    ['backends', backendsLine(view)],
    ['checkpoint', checkpointLine(view)],
    ['digest', lastDigest === null ? undefined : `${lastDigest.digest} at tick ${lastDigest.tick}`],
    [
      'leader',
      leader === null ? 'none' : `${leader.id} at ${leader.address}, epoch ${leader.epoch}`,
    ],
    [
      'last failure',
      lastFailure === null
        ? undefined
        : `${lastFailure.code}: ${lastFailure.reason} (key ${lastFailure.key}, ${lastFailure.at})`,
    ],
  ];
  const shown = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  return [...table(shown), '', ...backendLines(view.backends)];
}

/** Its tick, and what stands against the next one. */
function checkpointLine({ checkpoint }: ColonyView): string | undefined {
  if (checkpoint === null) return undefined;
  const { tick, failure } = checkpoint;
  const newest = tick === null ? 'none yet' : `tick ${tick}`;
  if (failure === null) return newest;
  return `${newest}; the one of tick ${failure.tick} failed: ${failure.reason}`;
}

/** An age that a watcher would notice is told. */
function tickText({ tick, tickAgeMs, horizon }: ColonyView): string | undefined {
  if (tick === null) return undefined;
  const age = (tickAgeMs ?? 0) < 2_000 ? '' : `, ${Math.round((tickAgeMs ?? 0) / 1_000)} s ago`;
  return `${tick} (horizon ${horizon})${age}`;
}

function paceLine({ ticksPerSecond, tick }: ColonyView): string | undefined {
  if (tick === null) return undefined;
  const { achieved, asked } = ticksPerSecond;
  const measured = achieved === null ? 'not measured yet' : `${rateText(achieved)} ticks/s`;
  return `${measured}, asked: ${paceText(asked)}`;
}

function populationLine(statistics: ColonyView['statistics']): string | undefined {
  const population = statistics?.values['population'];
  return population === undefined || statistics === null
    ? undefined
    : `${grouped(population)} at tick ${statistics.tick}`;
}

/** Without a colony none is needed. */
const backendsLine = ({ status, backends, wantedBackends }: ColonyView): string | undefined =>
  status === 'NotInitialized' ? undefined : `${backends.length} of ${wantedBackends} wanted`;

function backendLines(backends: BackendView[]): string[] {
  if (backends.length === 0) return ['no backends'];
  const shown = (value: number | null) => (value === null ? '-' : String(value));
  return table([
    ['backend', 'address', 'pid', 'state', 'tick', 'lag', 'shards'],
    ...backends.map((b) => [
      b.id,
      b.address,
      shown(b.pid),
      b.state,
      shown(b.tick),
      shown(b.lag),
      String(b.shards),
    ]),
  ]);
}

/** A line per rule: its value, what it says of the world, and what it was at first where that differs. */
export function rulesLines(rules: Rules, first: Rules): string[] {
  return table(
    RULE_NAMES.map((name) => {
      const [value, before] = [rules[name], first[name]];
      const text = ruleText(name, value);
      return [name, String(value), value === before ? text : `${text} (at first ${before})`];
    }),
  );
}

/** `GET /checkpoints` for people. */
export function checkpointLines(checkpoints: readonly CheckpointView[]): string[] {
  if (checkpoints.length === 0) return ['No checkpoint has been taken yet.'];
  return table([
    ['tick', 'taken at', 'MB', 'digest'],
    ...checkpoints.map(({ tick, at, sizeBytes, digest }) => [
      String(tick),
      at,
      (sizeBytes / 1e6).toFixed(1),
      digest,
    ]),
  ]);
}

/** `GET /topology` for people. */
export function topologyLines(topology: TopologyView): string[] {
  if (topology.status === 'in-progress') return ['The topology is being initialized.'];
  const { width, height, shardSize, ticksPerExchange, backends } = topology;
  return [
    `instance ${topology.colonyInstanceId}, generation ${topology.generation}, topology version ${topology.topologyVersion}`,
    `${width} x ${height} cells in shards of ${shardSize}, ${ticksPerExchange} ticks per exchange`,
    ...table([
      ['backend', 'address', 'shards'],
      ...backends.map(({ id, address, shards }) => [id, address, rangesOf(shards)]),
    ]),
  ];
}

/** `0-9 12 20-21` */
export function rangesOf(numbers: number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const n of numbers) {
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === n - 1) open[1] = n;
    else ranges.push([n, n]);
  }
  return ranges
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(' ');
}
