import type { DigestEntry } from '../../protocol/colony/sampling.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { TableName } from '../../protocol/series/tables.ts';
import type { CheckpointPast } from '../checkpoints/attempt.ts';
import type { CheckpointArchive } from '../checkpoints/checkpoint-archive.ts';
import { Checkpointer } from '../checkpoints/checkpointer.ts';
import type { CheckpointerOptions } from '../checkpoints/checkpointer-options.ts';
import type { ColonyLayout } from '../layout/colony-layout.ts';
import type { Recovery } from '../layout/recovery.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { DrivenColony } from '../ticking/driven-colony.ts';
import { DigestSink } from '../ticking/journal/digest-sink.ts';
import { Journal } from '../ticking/journal/journal.ts';
import type { Violation } from '../ticking/journal/journal-sink.ts';
import { LatestStatistics } from '../ticking/journal/latest-statistics.ts';
import { rowSinks } from '../ticking/journal/row-sinks.ts';
import type { RowStore } from '../ticking/journal/series-sink.ts';
import { PlannedMoves, type PlannedMovesOptions } from '../ticking/planned-moves.ts';
import { Ticker, type TickerOptions } from '../ticking/ticker.ts';
import type { DriverEvent } from './driver-state.ts';

export interface TickingOptions extends Omit<CheckpointerOptions, 'archive'>, PlannedMovesOptions {
  /** undefined: there is nowhere to keep checkpoints. */
  archive: CheckpointArchive | undefined;
  digests: CheckpointerOptions['digests'] & ConstructorParameters<typeof DigestSink>[0];
  /** Where the rows of each table are made durable. */
  tables: Readonly<Record<TableName, RowStore>>;
  layout: Pick<ColonyLayout, 'discover'>;
  recovery: Pick<Recovery, 'isUnfit'>;
  ticker: Omit<TickerOptions, 'onViolation'>;
}

export interface TickingRun {
  scope: ColonyScope;
  colony: Pick<DrivenColony, 'grants' | 'keeper'>;
  topology: Topology;
  replayUntil: number;
  /** The backends hold it since before. */
  isHeld: boolean;
  /** The last stored digest. */
  lastDigest: DigestEntry | undefined;
  /** Of the topology before. */
  checkpointed: CheckpointPast | undefined;
  onViolation: (violation: Violation) => Promise<void>;
  /** Of the start or the recovery that led to it. */
  trace?: string | undefined;
}

type Parts = Pick<
  DrivenColony,
  'ticker' | 'digests' | 'statistics' | 'rows' | 'checkpointer' | 'moves'
>;

/** All that drives one topology. */
export function createTicking(options: TickingOptions, run: TickingRun): Parts {
  const { scope, colony, topology, replayUntil, isHeld, onViolation } = run;
  const { colonyInstanceId, owners, origin } = topology;
  const { book } = colony.keeper;
  const digests = new DigestSink(options.digests, colonyInstanceId, run.lastDigest);
  const statistics = new LatestStatistics();
  const rows = rowSinks(options.tables, topology);
  const sinks = [digests, statistics, ...Object.values(rows)];
  const journal = new Journal({ ...options, sinks, shards: owners.length, origin });
  const { archive } = options;
  const checkpointed = {
    ...{ scope, topology, eventSeq: () => book.through },
    durableThroughTick: () => journal.durableThroughTick,
    wantDurable: (throughTick: number) => journal.want(throughTick),
  };
  const checkpointer =
    archive && new Checkpointer({ ...options, archive }, checkpointed, run.checkpointed);
  const { grants } = colony;
  const ticker = new Ticker(
    { ...options.ticker, onViolation },
    {
      scope,
      topology,
      grants,
      book,
      journal,
      checkpoints: checkpointer,
      replayUntil,
      isHeld,
      trace: run.trace,
    },
  );
  const discover = async () => {
    const found = await options.layout.discover(scope);
    return found.filter(({ bootId }) => !options.recovery.isUnfit(bootId));
  };
  const moves = checkpointer && new PlannedMoves(options, { ticker, checkpointer, discover });
  return { ticker, digests, statistics, rows, checkpointer, moves };
}

/** Ticks until a backend is lost or all shards stand for a move; throws why the scope ended. */
export async function tickOn(
  { ticker, moves }: Parts,
  { signal }: ColonyScope,
): Promise<DriverEvent> {
  const done = new AbortController();
  const moved = moves?.run(AbortSignal.any([signal, done.signal]));
  const stood = moved?.then((still) => {
    if (still !== undefined) ticker.end();
    return still;
  });
  const lost = await ticker.run().finally(() => done.abort());
  const still = await stood;
  still?.release();
  if (lost !== undefined) return { kind: 'backendLost', lost, maxTick: ticker.maxTick };
  if (still === undefined) throw new Error('the ticker ended by itself');
  return { kind: 'stoodStill', tick: still.tick, reason: still.reason };
}
