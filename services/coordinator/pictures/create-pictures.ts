import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import { PictureArchive } from './picture-archive.ts';
import { PictureTaker, type PictureTakerOptions } from './picture-taker.ts';

/** What stores pictures, and what makes them. */
export function createPictures(
  options: Omit<PictureTakerOptions, 'archive' | 'snapshots'> & { snapshots: SnapshotStore },
): { archive: PictureArchive; taker: PictureTaker } {
  const archive = new PictureArchive(options);
  return { archive, taker: new PictureTaker({ ...options, archive }) };
}
