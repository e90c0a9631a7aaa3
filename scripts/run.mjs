// Runs a TypeScript script: node scripts/run.mjs scripts/foo.ts args…
// Bundles it (packages stay packages) into a temporary file beside them and imports it here.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { root } from './lib/built.mjs';
import { common } from './lib/bundling.mjs';

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.error('Usage: node scripts/run.mjs SCRIPT.ts [args]');
  process.exit(2);
}
const cache = path.join(root, 'node_modules', '.cache', 'colony');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(path.join(cache, `run-${process.pid}-`));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const outfile = path.join(folder, `${path.basename(script, '.ts')}.mjs`);
await esbuild.build({
  ...common,
  entryPoints: [path.resolve(script)],
  outfile,
  packages: 'external',
  sourcemap: 'inline',
});
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], path.resolve(script), ...args];
await import(pathToFileURL(outfile).href);
