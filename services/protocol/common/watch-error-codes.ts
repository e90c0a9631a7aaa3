/** The part of the table of error codes (error-codes.ts) that those meet who look at a world. */
export const WATCH_ERRORS = {
  PICTURE_NOT_FOUND: {
    status: 404,
    title: 'There is no such picture',
    remedy: 'GET /pictures lists those that are stored.',
  },
  FRAME_OUTSIDE_WORLD: {
    status: 400,
    title: 'The frame does not lie inside the world',
    remedy: 'Ask for a rectangle inside the width and height of GET /colony.',
  },
  FRAME_TOO_LARGE: {
    status: 400,
    title: 'The frame is too large',
    remedy: 'Ask for a smaller rectangle or a larger scale.',
  },
  TILES_UNAVAILABLE: {
    status: 503,
    title: 'Tiles cannot be made at the moment',
    remedy: 'Try again in a moment. If it stays so, the log of the coordinator says why.',
  },
  FRAMES_BUSY: {
    status: 503,
    title: 'Too many pictures are asked for at once',
    remedy: 'Ask again in a moment, or for a coarser scale.',
  },
  TILES_OUTSIDE_WORLD: {
    status: 400,
    title: 'The tiles do not lie inside the world',
    remedy: 'Ask for tiles that begin inside the width and height of GET /colony at this zoom.',
  },
  SERIES_BUSY: {
    status: 503,
    title: 'Too many statistics are asked for at once',
    remedy: 'Ask again in a moment.',
  },
  CELLS_OUTSIDE_WORLD: {
    status: 400,
    title: 'The cells do not lie inside the world',
    remedy:
      'Ask for a rectangle that begins inside the width and height of GET /colony, and is no larger; it may reach across the edge.',
  },
  CELLS_TOO_MANY: {
    status: 400,
    title: 'The cells are too many',
    remedy: 'Ask for a smaller rectangle; GET /tiles shows larger parts of the world.',
  },
} as const;
