import type { CheckpointResult } from './checkpoint-bench.ts';
import type { LossRow } from './checkpoint-loss.ts';
import type { ClusterResult, ScalingRow } from './cluster-bench.ts';
import type { KernelFigures, KernelResult } from './kernel-bench.ts';
import type { LossResult } from './loss-bench.ts';
import type { MemoryResult } from './memory-bench.ts';
import type { ScaleResult } from './scale/scale-bench.ts';
import type { StartResult } from './start-bench.ts';
import type { StatisticsResult } from './statistics-bench.ts';
import { type Summary, summarise } from './summary.ts';
import type { VerifyResult } from './verify-bench.ts';
import type { HttpResult } from './watching/http-bench.ts';
import type { Latency, PageResult } from './watching/page-bench.ts';
import type { SamplingRow } from './watching/sampling-bench.ts';
import type { ScreenResult } from './watching/screen-bench.ts';

/** What was measured, in lines for people. */

const row = (cells: (string | number)[]) => cells.map((cell) => String(cell).padStart(11)).join('');
const digits = (count: number) => (value: number | null | undefined) =>
  value == null ? '-' : value.toFixed(count);
const [none, one, two, three] = [digits(0), digits(1), digits(2), digits(3)];
const quartiles = (summary: Summary | null) => summary?.quartiles.map(one).join('-') ?? '-';

export function kernelTable({ compiler, ...byTick }: KernelResult): string[] {
  const figures = Object.entries(byTick as Record<string, KernelFigures>);
  const rows = figures.flatMap(([tick, { spread, timesNative, timesFasterThanReference }]) => {
    const { wasm, reference, native } = spread;
    const of = (key: 'median' | 'undisturbed') => [
      ...[two(wasm?.[key]), two(reference?.[key]), two(native?.[key])],
      ...[two(timesFasterThanReference[key]), two(timesNative?.[key])],
    ];
    const quartiles = [wasm, reference, native].map((s) => s?.quartiles.map(two).join('-') ?? '-');
    return [
      row([tick, 'median', ...of('median')]),
      row(['', 'quartiles', ...quartiles]),
      row(['', 'best', ...of('undisturbed')]),
    ];
  });
  return [
    'one thread, CPU ns per cell and tick, 500 x 500, default rules, no random events',
    row(['from tick', '', 'wasm', 'JavaScript', 'C', 'JS / wasm', 'wasm / C']),
    ...rows,
    `C: ${compiler ?? 'no compiler for SSE 4.2 here'}; best: of each tick the best time`,
  ];
}

export function clusterTable(result: ClusterResult): string[] {
  const { cells, backends, cores, coresUsed, spread, scaling } = result;
  return [
    `${backends} backends, ${cells} cells, unpaced, default rules, no random events`,
    row(['', 'median', 'quartiles']),
    row(['ticks/s', one(result.ticksPerSecond), quartiles(spread.ticksPerSecond)]),
    row(['CPU ns', two(result.cpuNsPerCellTick), quartiles(spread.cpuNsPerCellTick)]),
    row(['kernel ns', two(result.kernelNsPerCellTick)]),
    row(['x kernel', two(result.timesKernel)]),
    row(['cores', `${two(coresUsed)} of ${cores}`]),
    ...scalingTable('the same world on more backends', 'backends', scaling.strong),
    ...scalingTable('625,000 cells for each backend', 'backends', scaling.weak),
    ...scalingTable('more threads in one backend', 'threads', scaling.threads),
    'CPU ns: per cell and tick, of all processes; kernel ns: of one thread of it, in this run',
  ];
}

function scalingTable(title: string, by: 'backends' | 'threads', rows: ScalingRow[]): string[] {
  return [
    '',
    title,
    row([by, 'cells', 'ticks/s', 'CPU ns', 'cores', 'speed-up']),
    ...rows.map((each) =>
      row([
        each[by],
        each.cells,
        one(each.ticksPerSecond),
        two(each.cpuNsPerCellTick),
        two(each.coresUsed),
        two(each.speedup),
      ]),
    ),
  ];
}

export function statisticsTable(result: StatisticsResult): string[] {
  const { segmentBytes, keptBytes, writeMs, readMs } = result;
  const megabytes = (bytes: number) => two(bytes / 1e6);
  return [
    `a segment of 1,024 rows: ${segmentBytes.join(' bytes, of the next level ')} bytes`,
    `kept at 60 ticks/s: ${megabytes(keptBytes.day)} MB of a day, ${megabytes(keptBytes.year)} MB of a year`,
    row(['ms', 'median', 'quartiles']),
    row(['write', two(writeMs.median), quartiles(writeMs)]),
    row(['read', two(readMs.median), quartiles(readMs)]),
  ];
}

export function startTable({ backends, byShards }: StartResult): string[] {
  return [
    `milliseconds from colony-start to the first tick of all, ${backends} backends that are there`,
    row(['shards', 'cells', 'median', 'best']),
    ...byShards.map(({ shards, cells, firstTickMs, spread }) =>
      row([shards, cells, none(firstTickMs), none(spread.min)]),
    ),
  ];
}

export function httpTable(result: HttpResult): string[] {
  return [
    'milliseconds until an answer, by 4 backends that tick 2.5 million cells flat out',
    row(['', 'median', 'p99', 'requests']),
    row(['/colony', result.colonyP50Ms, result.colonyP99Ms, result.colonyRequests]),
    row(['/frame', result.frameP50Ms, result.frameP99Ms, result.frameRequests]),
    `${one(result.ticksPerSecond)} ticks/s meanwhile`,
  ];
}

export function pageTable(page: PageResult): string[] {
  const latency = (name: string, { count, p50Ms, p99Ms }: Latency) =>
    row([name, one(p50Ms), one(p99Ms), count]);
  const [before, after] = page.alone.ticksPerSecond;
  const mbAnHour = ([intervalMs, bytes]: [string, number]) =>
    row([
      `${intervalMs} ms`,
      none(bytes / 1000),
      none((bytes * 3_600_000) / Number(intervalMs) / 1e6),
    ]);
  return [
    row(['', 'p50 ms', 'p99 ms', 'requests']),
    latency('colony*', page.colonyAlone),
    latency('colony', page.colony),
    latency('tiles', page.tiles),
    `* alone. The first picture after ${none(page.firstMs)} ms; ${none(100 * page.ofOneTick)} % of all pictures of one tick.`,
    `${one(page.ticksPerSecond)} ticks/s while it is watched, ${one(before)} before and ${one(after)} after.`,
    row(['every', 'kB', 'MB/h']),
    ...Object.entries(page.bytesByInterval).map(mbAnHour),
    `A whole picture takes ${none(page.wholeBytes / 1000)} kB.`,
  ];
}

export function samplingTable({ rows }: { rows: SamplingRow[] }): string[] {
  return [
    row(['layer', 'zoom', 'one cell', 'plain', 'kernel', 'quartiles']),
    ...rows.map(({ layer, zoom, upperLeft, plain, kernel }) =>
      row([
        ...[layer, zoom, three(upperLeft.median), three(plain.median), three(kernel.median)],
        kernel.quartiles.map(three).join('-'),
      ]),
    ),
    'CPU ns per cell of the world; one cell is what GET /frame looks at.',
  ];
}

export function screenTable(screen: ScreenResult): string[] {
  const rounds = (name: string, values: readonly number[], unit: string) =>
    `${name}: ${one(summarise(values).median)} ${unit} (${values.map(one).join(', ')})`;
  const { ticksPerSecond, gateway } = screen;
  return [
    rounds('first picture', screen.firstPictureMs, 'ms'),
    rounds('live', screen.livePerSecond, 'pictures/s'),
    rounds('panning', screen.panningPerSecond, 'pictures/s'),
    rounds('zooming', screen.zoomingPerSecond, 'pictures/s'),
    `${one(ticksPerSecond.watched)} ticks/s while it is watched, ${one(ticksPerSecond.alone)} alone.`,
    `behind a gateway: ${none(gateway.bytesPerHour / 1e6)} MB/h, ${one(gateway.picturesPerSecond)} pictures/s; hidden: ${none(gateway.hiddenBytesPerSecond)} B/s`,
  ];
}

export function memoryTable(result: MemoryResult): string[] {
  return [
    'bytes for each cell',
    row(['process', one(result.bytesPerCell)]),
    row(['kernel', one(result.kernelBytesPerCell)]),
    ...result.processBytes.map(
      ({ cells, bytes }) =>
        `a backend with ${cells} cells: ${bytes === null ? '-' : none(bytes / 2 ** 20)} MiB`,
    ),
  ];
}

export function verifyTable(result: VerifyResult): string[] {
  const { cells, spread } = result;
  return [
    `colony verify, ${cells} cells, beside the colony itself, unpaced; default rules and events`,
    row(['', 'ticks/s', 'CPU ns', 'cores']),
    ...(['colony', 'verify'] as const).map((name) => {
      const { ticksPerSecond, cpuNsPerCellTick, coresUsed } = result[name];
      return row([name, one(ticksPerSecond), two(cpuNsPerCellTick), two(coresUsed)]);
    }),
    `verify / colony, ticks/s: ${two(result.timesColony)} (${spread.timesColony.quartiles.map(two).join('-')})`,
  ];
}

export function checkpointTable(result: CheckpointResult): string[] {
  const { backends, cells, intervalSeconds, cost, stoodMs, sizes, losses } = result;
  const spread = (summary: Summary | null) =>
    summary === null ? '-' : `${three(summary.median)} (${summary.quartiles.map(three).join('-')})`;
  return [
    `${backends} backends, ${cells} cells, unpaced; the same ticks with a checkpoint every ${intervalSeconds} s and without`,
    row(['', 'ticks/s', 'CPU ns', 'cores']),
    ...(['with', 'without'] as const).map((name) => {
      const { ticksPerSecond, cpuNsPerCellTick, coresUsed } = cost[name];
      return row([name, one(ticksPerSecond), two(cpuNsPerCellTick), two(coresUsed)]);
    }),
    `with / without: ticks/s ${spread(cost.timesTicksPerSecond)}, CPU ${spread(cost.timesCpu)}`,
    `the world stood still for ${one(stoodMs.median)} ms (${quartiles(stoodMs)}, ${stoodMs.runs} checkpoints)`,
    '',
    'bytes for each cell in a whole checkpoint; raw: 16',
    row(['cells', 'tick', 'bytes', 'raw / it']),
    ...sizes.map((size) =>
      row([size.cells, size.tick, two(size.bytesPerCell), one(size.timesSmallerThanRaw)]),
    ),
    '',
    'kill -9 of a backend: milliseconds, and ticks that were computed again',
    ...lossRows(losses),
  ];
}

function lossRows(losses: readonly LossRow[]): string[] {
  return [
    row([
      'cells',
      'from tick',
      'restored',
      'it ticks',
      'at most',
      'it is back',
      'at most',
      'ticks',
      'times',
    ]),
    ...losses.map((loss) =>
      row([
        ...[loss.cells, loss.atTick, none(loss.restoreMs.median)],
        ...[none(loss.tickingAgainMs.median), none(loss.tickingAgainMs.max)],
        ...[none(loss.backMs.median), none(loss.backMs.max)],
        ...[none(loss.ticksAgain.median), loss.backMs.runs],
      ]),
    ),
  ];
}

export function lossTable({ backends, one, all, moves }: LossResult): string[] {
  return [
    `${backends} backends, unpaced; milliseconds, medians, and ticks that were computed again`,
    'kill -9 of a backend',
    ...lossRows(one),
    'kill -9 of every process, from the next launch on',
    ...lossRows(all),
    `SIGTERM of a backend, ${moves.cells} cells: the world stood ${none(moves.stoodMs.median)} ms (at most ${none(moves.stoodMs.max)}, ${moves.stoodMs.runs} moves); ${moves.ticksAgain} ticks computed twice`,
  ];
}

export function scaleTable({ rows }: ScaleResult): string[] {
  const rates = ({ cpuMs, calls, recordWrites }: ScaleResult['rows'][number]['ticking']) => [
    ...[none(cpuMs), none(calls), one(recordWrites)],
  ];
  return [
    'on virtual time, 16 shards of 16 x 16 cells for each backend; CPU of the leader and all backends in one process, ms',
    row(['backends', 'start', 'recovery', 'lasts s', 'ticking /s', 'calls /s', 'writes /s']),
    ...rows.map(({ backends, startCpuMs, recoveryCpuMs, recoveryVirtualMs, ticking }) =>
      row([
        ...[backends, none(startCpuMs), none(recoveryCpuMs), one(recoveryVirtualMs / 1_000)],
        ...rates(ticking),
      ]),
    ),
    row(['backends', 'paused /s', 'calls /s', 'writes /s', 'heap MB']),
    ...rows.map(({ backends, paused, heapBytes }) =>
      row([backends, ...rates(paused), none(heapBytes / 1e6)]),
    ),
  ];
}
