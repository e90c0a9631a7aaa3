/** No side of a stored picture has more pixels. */
const PICTURE_SIDE_MAX = 1_024;

/** How many cells, in both directions, one pixel stands for, so that a picture of the part is not larger. */
export const pictureScale = ({ width, height }: { width: number; height: number }): number =>
  Math.ceil(Math.max(width, height) / PICTURE_SIDE_MAX);
