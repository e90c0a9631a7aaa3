// Builds dist/ if it is stale, before the `colony` command runs from it.
import { dist, staleness } from './built.mjs';

const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

/**
 * Resolves when dist/ is what the sources give. One that is fresh is only read, so that a checkout that
 * belongs to somebody else works once its owner has built it.
 *
 * @throws Error with one line for people.
 */
export async function ensureBuilt(
  { stale, build } = {
    stale: staleness,
    build: async () => (await import('../build.mjs')).build(),
  },
) {
  const why = stale();
  if (why === undefined) return;
  try {
    await build();
  } catch (cause) {
    if (!NOT_WRITABLE.has(cause.code)) {
      // esbuild and the compiler of the kernel have said where and why.
      throw new Error(
        `the sources do not build: ${cause.message.split('\n')[0].replace(/:$/, '')}`,
        { cause },
      );
    }
    throw new Error(
      `${dist} ${why}, and ${unwritable(cause.path)}cannot be written (${cause.code}): ` +
        'its owner builds it with `npm run build`, or use a clone of your own.',
      { cause },
    );
  }
}

/** Names what cannot be written unless it is dist/ itself. */
const unwritable = (file = dist) => (file.startsWith(dist) ? '' : `${file} `);

/** The same for a command line: a stale dist/ that cannot be built ends the process with 2. */
export async function ensureBuiltOrExit() {
  try {
    await ensureBuilt();
  } catch (error) {
    console.error(`colony: ${error.message}`);
    process.exit(2);
  }
}
