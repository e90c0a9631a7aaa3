// Whether dist/ is what the sources would give: by their content, not by times, which copying and
// checking out set as they like.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
/** The folder of the bundles. */
export const dist = path.join(root, 'dist');

/** In dist/, written last: the hash of the sources, and the size of each file that was made. */
export const MARKER = '.built';

/** What goes into the bundles, beside services/. */
const OTHER_SOURCES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/build.mjs',
  'scripts/lib/bundling.mjs',
  'scripts/lib/kernel.mjs',
];

/**
 * A hash of all that dist/ is made from. It reads hundreds of small files, which is several times
 * faster one after the other without promises.
 */
export function hashOfSources(folder = root) {
  const services = readdirSync(path.join(folder, 'services'), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
  const hash = createHash('sha256');
  for (const file of [...services, ...OTHER_SOURCES].sort()) {
    const contents = contentsOf(path.join(folder, file));
    hash.update(`${file.replaceAll('\\', '/')}\0${contents.length}\0`).update(contents);
  }
  return hash.digest('hex');
}

function contentsOf(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

/**
 * What is wrong with dist/: undefined if it is whole and made from the sources as they are now.
 *
 * @param folder of the repository, with dist/ in it.
 */
export function staleness(folder = root) {
  const out = path.join(folder, path.basename(dist));
  if (!existsSync(out)) return 'is not there';
  let built;
  try {
    built = JSON.parse(readFileSync(path.join(out, MARKER), 'utf8'));
  } catch {
    return 'was not built to its end';
  }
  if (built.sources !== hashOfSources(folder)) return 'is not built from these sources';
  const broken = Object.entries(built.files).find(
    ([file, sizeBytes]) =>
      statSync(path.join(out, file), { throwIfNoEntry: false })?.size !== sizeBytes,
  );
  return broken && `lacks ${broken[0]} as it was built`;
}
