import { ColonyError } from '../../protocol/common/errors.ts';
import { type PictureFormat, pictureFormat } from '../../protocol/pictures/stored-picture.ts';
import type { ColonyLayout } from '../layout/colony-layout.ts';
import type { FreshRecord } from '../term/fresh-record.ts';
import type { PictureArchive, PictureInfo } from './picture-archive.ts';

/** All pictures of an instance: they have one format. */
export interface StoredPictures {
  readonly colonyInstanceId: string;
  readonly format: PictureFormat;
  /** Ascending by tick. */
  readonly pictures: readonly PictureInfo[];
}

export interface PictureGalleryOptions {
  /** undefined: there is nowhere to keep pictures. */
  archive: Pick<PictureArchive, 'list' | 'get'> | undefined;
  record: Pick<FreshRecord, 'read'>;
  layout: Pick<ColonyLayout, 'loadSpec'>;
}

/** The pictures of the colony that is started, as any coordinator shows them. */
export class PictureGallery {
  readonly #options: PictureGalleryOptions;

  constructor(options: PictureGalleryOptions) {
    this.#options = options;
  }

  /** Throws COLONY_NOT_STARTED, STORE_UNAVAILABLE. */
  async list(): Promise<StoredPictures> {
    const { archive, layout } = this.#options;
    const { record, colonyInstanceId } = await this.#started();
    const { spec } = await layout.loadSpec(record);
    const pictures = (await archive?.list(colonyInstanceId)) ?? [];
    return { colonyInstanceId, format: pictureFormat(spec), pictures };
  }

  /**
   * A picture as a PNG.
   *
   * @param of the instance that it must be of. @default the one that is started
   * @throws COLONY_NOT_STARTED, PICTURE_NOT_FOUND, STORE_UNAVAILABLE
   */
  async get(tick: number, of?: string): Promise<{ colonyInstanceId: string; png: Uint8Array }> {
    const { colonyInstanceId } = await this.#started();
    const isOther = of !== undefined && of !== colonyInstanceId;
    const png = isOther ? undefined : await this.#options.archive?.get(colonyInstanceId, tick);
    if (png !== undefined) return { colonyInstanceId, png };
    const what = isOther ? `the colony is ${colonyInstanceId}` : 'GET /pictures lists them';
    throw new ColonyError('PICTURE_NOT_FOUND', `no picture of tick ${tick} is stored: ${what}`);
  }

  async #started() {
    const record = await this.#options.record.read();
    const { status, colonyInstanceId } = record;
    if (status === 'TopographyInitialized' && colonyInstanceId !== undefined) {
      return { record, colonyInstanceId };
    }
    throw new ColonyError('COLONY_NOT_STARTED', 'there are pictures of a colony that is started');
  }
}
