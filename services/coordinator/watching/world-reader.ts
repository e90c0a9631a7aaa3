import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import type { CellsView } from '../../protocol/api/cells-view.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { PictureRect } from '../../protocol/wire/picture-codec.ts';
import type { ReadCellsRequest } from '../../protocol/wire/rpc.ts';
import type { TileRange } from '../../protocol/wire/tile-grid.ts';
import type { Layer } from '../../world/measuring/layers.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { Ticker } from '../ticking/ticker.ts';
import { assembleCells } from './cells-assembly.ts';
import { assemblePicture } from './picture-assembly.ts';
import type { ReadColony } from './reading/backend-parts.ts';
import { PictureQueue } from './reading/picture-queue.ts';
import { InlineTiles } from './tiles/inline-tiles.ts';
import type { TileSource } from './tiles/tile-source.ts';

/** What the leader drives. */
export interface DrivenColony {
  stored: StoredSpec;
  scope: Pick<ColonyScope, 'fence'>;
  ticker: Pick<Ticker, 'topology'>;
}

export interface WorldReaderOptions {
  rpc: RpcCalls;
  context: Pick<CoordinatorContext, 'storedInfo'>;
  driver: { readonly driving: DrivenColony | undefined };
  /** @default in this thread */
  tiles?: TileSource | undefined;
}

/** Reads the world where it is, at the backends. Everything throws NO_LEADER or COLONY_NOT_STARTED. */
export class WorldReader {
  readonly #options: WorldReaderOptions;
  readonly #queue = new PictureQueue();
  readonly #tiles: TileSource;

  constructor(options: WorldReaderOptions) {
    this.#options = options;
    this.#tiles = options.tiles ?? new InlineTiles(options.rpc);
  }

  /** The world that pictures show. */
  drawnWorld(): WorldSpec {
    return this.#driving().stored.spec;
  }

  /** Throws what `assemblePicture` and the queue throw, too. */
  async picture(layer: Layer, rect: PictureRect): ReturnType<typeof assemblePicture> {
    const { x, y, width, height, scale } = rect;
    return this.#take(['picture', layer, x, y, width, height, scale], (colony) =>
      assemblePicture({ ...colony, layer, rect }),
    );
  }

  /**
   * Tiles as laid out by tile-codec.ts, told against an earlier answer if that is still kept. Throws what
   * `assembleTiles` and the queue throw, too.
   */
  async tiles(range: TileRange, since: string | undefined): Promise<Uint8Array> {
    return this.#tiles.tiles(this.#read(), range, since);
  }

  /** Throws what `assembleCells` and the queue throw, too. */
  cells(request: ReadCellsRequest): Promise<CellsView> {
    const { x, y, width, height } = request;
    return this.#take(['cells', x, y, width, height], (colony) => assembleCells(colony, request));
  }

  async #take<T>(what: readonly unknown[], read: (colony: ReadColony) => Promise<T>): Promise<T> {
    const { topology, fence } = this.#read();
    const { generation, epoch, topologyVersion } = fence;
    const key = [generation, epoch, topologyVersion, ...what].join();
    const { rpc } = this.#options;
    return this.#queue.take(key, () => read({ rpc, topology, fence }));
  }

  #read(): Omit<ReadColony, 'rpc'> {
    const { ticker, scope } = this.#driving();
    const { topology } = ticker;
    return { topology, fence: scope.fence(topology.topologyVersion) };
  }

  #driving(): DrivenColony {
    const { context, driver } = this.#options;
    if (driver.driving !== undefined) return driver.driving;
    const { status } = context.storedInfo();
    if (status === 'TopographyInitialized') {
      throw new ColonyError('NO_LEADER', 'the leader has not taken up the started colony yet');
    }
    throw new ColonyError('COLONY_NOT_STARTED', `there is nothing to draw: ${status}`);
  }
}
