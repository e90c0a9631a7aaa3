/**
 * Rewrites the published test vectors of the world. Run it only with a new ENGINE_VERSION, for a
 * change of these is a change of every world; or to add some, which leaves all others as they are.
 *
 *     node scripts/run.mjs scripts/world-vectors.ts [FILE]
 */
import { writeFileSync } from 'node:fs';
import { worldVectors } from './lib/world-vectors.ts';

const file = process.argv[2] ?? 'test/vectors/world.json';
writeFileSync(file, `${JSON.stringify(worldVectors(), undefined, 2)}\n`);
console.log(`wrote ${file}`);
