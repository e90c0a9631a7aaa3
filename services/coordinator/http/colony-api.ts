import type { CellsView } from '../../protocol/api/cells-view.ts';
import type { ClusterHistoryView } from '../../protocol/api/cluster-history.ts';
import type {
  CheckpointView,
  ColonyView,
  RunAnswer,
  ScaleAnswer,
  StartAnswer,
  StopAnswer,
  TopologyView,
} from '../../protocol/api/public-api.ts';
import type { ColonyEvent, EventRequest } from '../../protocol/colony/colony-event.ts';
import type { DigestEntry } from '../../protocol/colony/sampling.ts';
import type { ClientSpec } from '../../protocol/colony/spec.ts';
import type { SeriesAnswer } from '../../protocol/series/table.ts';
import type { TableName } from '../../protocol/series/tables.ts';
import type { PictureRect } from '../../protocol/wire/picture-codec.ts';
import type { ReadCellsRequest } from '../../protocol/wire/rpc.ts';
import type { TileRange } from '../../protocol/wire/tile-grid.ts';
import type { Layer } from '../../world/measuring/layers.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { RequestLabels } from '../metrics/coordinator-metrics.ts';
import type { PictureGallery } from '../pictures/picture-gallery.ts';

/**
 * What the public HTTP API asks of the coordinator. Refusals are thrown as ColonyError with the
 * code of the start table.
 */
export interface ColonyApi {
  /** `httpStatus` is 202 or 200 by the start table; waits at most waitMs for the outcome. */
  start(request: {
    key: string;
    spec: ClientSpec;
    waitMs: number;
  }): Promise<{ httpStatus: 200 | 202; answer: StartAnswer }>;
  stop(colonyInstanceId: string): Promise<StopAnswer>;

  pause(): Promise<RunAnswer>;
  resume(): Promise<RunAnswer>;
  step(request: { key: string; ticks: number }): Promise<RunAnswer>;
  setPace(ticksPerSecond: number | null): Promise<RunAnswer>;
  /** Asks for another number of backends, from 1 to 1024. */
  scale(backends: number): Promise<ScaleAnswer>;

  view(): Promise<ColonyView>;
  /** What the leader remembers after a moment of its memory; throws NO_LEADER. The etag changes with it. */
  clusterHistory(sinceMs: number): Promise<{ etag: string; history: ClusterHistoryView }>;
  /** Throws TOPOLOGY_NOT_FOUND before a start. */
  topology(): Promise<TopologyView>;
  /** From a tick on, in the order of ticks; without it the newest, newest first. */
  digests(options: { from?: number; limit: number }): Promise<DigestEntry[]>;
  /** The checkpoints that are kept, newest first. */
  checkpoints(): Promise<CheckpointView[]>;
  /** The stored pictures of the colony that is started. */
  readonly pictures: Pick<PictureGallery, 'list' | 'get'>;
  /** From a tick on, whole ticks; without it those round the tick of the world. */
  events(options: { from?: number; limit: number }): Promise<ColonyEvent[]>;
  /** Rows of a table within a range of ticks, of the finest level that has so few; throws COLONY_NOT_STARTED. */
  series(
    table: TableName,
    range: { from?: number | undefined; to?: number | undefined; points: number },
  ): Promise<SeriesAnswer>;
  /** A repetition with the same key answers the same event. */
  inject(injection: { key: string; request: EventRequest }): Promise<ColonyEvent>;
  /** Cancels an injected event before it is granted; one that is cancelled answers the same. */
  cancelEvent(sequence: number): Promise<ColonyEvent>;
  /** The world that pictures show; throws COLONY_NOT_STARTED or NO_LEADER. */
  drawnWorld(): WorldSpec;
  /** A picture as laid out by picture-codec.ts; its etag changes with any tick shown. */
  picture(layer: Layer, rect: PictureRect): Promise<{ etag: string; picture: Uint8Array }>;

  /** Tiles as laid out by tile-codec.ts, told against the answer with the tag `since` if it is kept. */
  tiles(range: TileRange, since: string | undefined): Promise<Uint8Array>;
  /** The cells of a rectangle, which may wrap around the torus. */
  cells(rect: ReadCellsRequest): Promise<CellsView>;

  /** Whether this coordinator leads right now, and who else does as far as it knows. */
  leadership(): { leads: boolean; leaderAddress: string | undefined };
  /** Why it is not ready to serve, or undefined. */
  notReady(): string | undefined;

  /** The metrics of this process, as Prometheus reads them. */
  metrics(): Promise<string>;
  /** To be called with every request that was answered, and after how many seconds. */
  answered(request: RequestLabels, seconds: number): void;
}
