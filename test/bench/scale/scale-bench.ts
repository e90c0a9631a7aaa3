import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';

/** How many backends, each with so many shards of 16 × 16 cells. */
const SIZES = [10, 100, 1_000];
const SHARDS_EACH = 16;
const SHARD_SIZE = 16;
const TICKS_PER_SECOND = 10;
const WATCHED_SECONDS = 10;

/** What one size took. CPU is that of this one process: of the leader and of all backends together. */
interface ScaleRow {
  backends: number;
  shards: number;
  /** From colony-start until all tick. */
  startCpuMs: number;
  startVirtualMs: number;
  /** For each second of a world that ticks at its pace, and of one that is paused. */
  ticking: ScaleRates;
  paused: ScaleRates;
  /** From the kill of one backend until the world is beyond where it was. */
  recoveryCpuMs: number;
  recoveryVirtualMs: number;
  heapBytes: number;
}

interface ScaleRates {
  cpuMs: number;
  calls: number;
  recordWrites: number;
}

export interface ScaleResult {
  rows: ScaleRow[];
}

/** How the work of a leader grows with its backends: on virtual time, so that no deadline is missed for want of CPU. */
export async function benchScale(): Promise<ScaleResult> {
  const rows: ScaleRow[] = [];
  for (const backends of SIZES) rows.push(await measure(backends));
  return { rows };
}

async function measure(backends: number): Promise<ScaleRow> {
  const [columns, rows] = shape(backends * SHARDS_EACH);
  const spec = { width: columns * SHARD_SIZE, height: rows * SHARD_SIZE, shardSize: SHARD_SIZE };
  const cluster = new ColonyCluster({
    ticksPerSecond: TICKS_PER_SECOND,
    ticksPerExchange: 4,
    minBackends: backends,
    startTimeoutMs: 600_000,
    checkpointIntervalSeconds: 3_600,
  });
  let calls = 0;
  cluster.network.setFault(({ from }) => {
    if (from === leader?.origin) calls++;
    return undefined;
  });
  let recordWrites = 0;
  const store = new Proxy(cluster.store, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      return typeof member === 'function'
        ? (...args: unknown[]) => {
            if (name === 'replace') recordWrites++;
            return Reflect.apply(member, target, args);
          }
        : member;
    },
  });
  let leader: CoordinatorMember | undefined;
  const members = [];
  for (let i = 0; i < backends; i++) members.push(await cluster.addBackend());
  leader = await cluster.addCoordinator({ store });
  const { clock } = cluster;
  const tick = async () => (await cluster.view(leader as CoordinatorMember)).tick ?? 0;

  const begun = moment();
  const started = await cluster.during(
    colonyStart(leader, 'scale', { waitSeconds: 25, body: spec }),
    600_000,
  );
  if (started.status >= 300) throw new Error(JSON.stringify(started.body));
  await shows(async () => (await tick()) > 0);
  const start = since(begun);

  const rates = async (): Promise<ScaleRates> => {
    const from = moment();
    const [callsBefore, writesBefore] = [calls, recordWrites];
    await clock.advance(WATCHED_SECONDS * 1_000);
    return {
      cpuMs: since(from).cpuMs / WATCHED_SECONDS,
      calls: (calls - callsBefore) / WATCHED_SECONDS,
      recordWrites: (recordWrites - writesBefore) / WATCHED_SECONDS,
    };
  };
  const ticking = await rates();
  const killedAt = await tick();
  const killed = moment();
  members[0]?.kill();
  await shows(async () => (await tick()) > killedAt);
  const recovery = since(killed);
  await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
  const paused = await rates();
  const { heapUsed } = process.memoryUsage();
  await cluster.close();
  return {
    backends,
    shards: backends * SHARDS_EACH,
    startCpuMs: start.cpuMs,
    startVirtualMs: start.virtualMs,
    ticking,
    paused,
    recoveryCpuMs: recovery.cpuMs,
    recoveryVirtualMs: recovery.virtualMs,
    heapBytes: heapUsed,
  };

  /** Looked at ten times a second: a look takes CPU, too. */
  async function shows(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await clock.advance(100);
  }
  function moment() {
    return { cpu: process.cpuUsage(), virtualMs: clock.nowMs() };
  }
  function since(from: ReturnType<typeof moment>) {
    const { user, system } = process.cpuUsage(from.cpu);
    return { cpuMs: (user + system) / 1_000, virtualMs: clock.nowMs() - from.virtualMs };
  }
}

/** The most square of the rectangles of so many shards. */
function shape(shards: number): [columns: number, rows: number] {
  let rows = Math.floor(Math.sqrt(shards));
  while (shards % rows !== 0) rows--;
  return [shards / rows, rows];
}
