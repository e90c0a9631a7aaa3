import { type BackendMember, ColonyCluster } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { MemoryRecordStore } from '../../simulation/stores/memory-record-store.ts';

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

/** Counts what is written to the record. */
class CountingStore extends MemoryRecordStore {
  writes = 0;

  override replace(...written: Parameters<MemoryRecordStore['replace']>) {
    this.writes++;
    return super.replace(...written);
  }
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
  const members: BackendMember[] = [];
  for (let i = 0; i < backends; i++) members.push(await cluster.addBackend());
  const store = new CountingStore();
  const leader = await cluster.addCoordinator({ store });
  let calls = 0;
  cluster.network.setFault(({ from }) => {
    if (from === leader.origin) calls++;
    return undefined;
  });

  const { clock } = cluster;
  const tick = async () => (await cluster.view(leader)).tick ?? 0;
  /** Looked at ten times a second: a look takes CPU, too. */
  const untilBeyond = async (known: number) => {
    while ((await tick()) <= known) await clock.advance(100);
  };
  const taking = async (work: () => Promise<unknown>) => {
    const [cpu, fromMs] = [process.cpuUsage(), clock.nowMs()];
    await work();
    const { user, system } = process.cpuUsage(cpu);
    return { cpuMs: (user + system) / 1_000, virtualMs: clock.nowMs() - fromMs };
  };
  const rates = async (): Promise<ScaleRates> => {
    const [callsBefore, writesBefore] = [calls, store.writes];
    const { cpuMs } = await taking(() => clock.advance(WATCHED_SECONDS * 1_000));
    return {
      cpuMs: cpuMs / WATCHED_SECONDS,
      calls: (calls - callsBefore) / WATCHED_SECONDS,
      recordWrites: (store.writes - writesBefore) / WATCHED_SECONDS,
    };
  };

  const start = await taking(async () => {
    const starting = colonyStart(leader, 'scale', { waitSeconds: 25, body: spec });
    const { status, body } = await cluster.during(starting, 600_000);
    if (status >= 300) throw new Error(JSON.stringify(body));
    await untilBeyond(0);
  });
  const ticking = await rates();
  const stoodAt = await tick();
  const recovery = await taking(async () => {
    members[0]?.kill();
    await untilBeyond(stoodAt);
  });
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
}

/** The most square of the rectangles of so many shards. */
function shape(shards: number): [columns: number, rows: number] {
  let rows = Math.floor(Math.sqrt(shards));
  while (shards % rows !== 0) rows--;
  return [shards / rows, rows];
}
