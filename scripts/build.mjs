// Bundles every service into dist/ in one esbuild pass: what runs locally is what the image runs.
//
//   services/<name>/main.ts            → dist/<name>.js   (cli → dist/colony.js)
//   services/<name>/<x>.worker.ts      → dist/<x>.worker.js
//   services/<name>/<x>.child.ts       → dist/<x>.child.js
//   services/kernel/assembly/**        → dist/kernel.wasm
//   services/dashboard/src/main.tsx    → dist/dashboard/main.js and main.css, for browsers
//   services/dashboard/static/**       → dist/dashboard/
//   Swagger UI (style sheet, script)   → dist/swagger/
//
// Everything lies flat in dist/, shared chunks too, so that `new URL('./x.worker.js',
// import.meta.url)` means the same file from whichever chunk it is asked.
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { dist, hashOfSources, MARKER, root } from './lib/built.mjs';
import { common } from './lib/bundling.mjs';
import { compileKernel } from './lib/kernel.mjs';
import { putFile, removeAllBut } from './lib/outputs.mjs';

const services = path.join(root, 'services');

/** Output name → source file, for every entry point that exists under `servicesDir`. */
export async function findEntryPoints(servicesDir = services) {
  const entries = {};
  const add = (name, file) => {
    if (entries[name])
      throw new Error(`Both ${entries[name]} and ${file} would be dist/${name}.js`);
    entries[name] = file;
  };
  for (const service of await readdir(servicesDir, { withFileTypes: true })) {
    if (!service.isDirectory()) continue;
    const folder = path.join(servicesDir, service.name);
    for (const file of await readdir(folder)) {
      const source = path.join(folder, file);
      if (file === 'main.ts') add(service.name === 'cli' ? 'colony' : service.name, source);
      else if (/\.(worker|child)\.ts$/.test(file)) add(path.basename(file, '.ts'), source);
    }
  }
  return entries;
}

/**
 * Builds dist/. Several builds at once do not disturb each other, and a colony may run from dist/.
 *
 * @param options.clean also removes files of earlier builds; not while a colony runs from them.
 * @returns the names of the bundles.
 */
export async function build({ clean = false } = {}) {
  const sources = hashOfSources();
  const entryPoints = await findEntryPoints();
  const [bundles, page, kernel] = await Promise.all([
    bundle(entryPoints),
    bundlePage(),
    compileKernel(root),
  ]);
  const outputs = new Map([
    ...bundles,
    ...page,
    ['kernel.wasm', await readFile(kernel)],
    ...(await assets()),
  ]);
  // Half of this build and half of another must never pass as one.
  const marker = path.join(dist, MARKER);
  await rm(marker, { force: true });
  // Entry points last: a process that starts meanwhile never finds one without its chunks.
  const isEntry = (name) => Object.hasOwn(entryPoints, name.replace(/\.js(\.map)?$/, ''));
  for (const entries of [false, true]) {
    const some = [...outputs].filter(([name]) => isEntry(name) === entries);
    await Promise.all(some.map(([name, contents]) => putFile(path.join(dist, name), contents)));
  }
  if (clean) await removeAllBut(dist, new Set(outputs.keys()));
  const files = Object.fromEntries([...outputs].map(([name, { length }]) => [name, length]));
  await putFile(marker, JSON.stringify({ sources, files }));
  return Object.keys(entryPoints);
}

/** What esbuild makes, in memory: paths in dist/ with their contents. */
async function outputsOf(settings) {
  const { outputFiles } = await esbuild.build({
    ...common,
    sourcemap: true,
    write: false,
    ...settings,
  });
  return outputFiles.map((file) => [path.relative(dist, file.path), file.contents]);
}

const bundle = (entryPoints) =>
  outputsOf({
    entryPoints,
    outdir: dist,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    // Native: it stays a package.
    external: ['classic-level'],
    // Bundled CommonJS packages call require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });

/** The script of the page in one file, and its style sheets in another. */
async function bundlePage() {
  const entry = path.join(services, 'dashboard', 'src', 'main.tsx');
  if (!existsSync(entry)) return [];
  return outputsOf({
    entryPoints: [entry],
    outfile: path.join(dist, 'dashboard', 'main.js'),
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
  });
}

/** What is copied as it is: the page, Swagger UI. */
async function assets() {
  const page = path.join(services, 'dashboard', 'static');
  const pageFiles = existsSync(page) ? await readdir(page) : [];
  const swagger = path.dirname(
    createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'),
  );
  const files = [
    ...pageFiles.map((file) => [path.join('dashboard', file), path.join(page, file)]),
    ...['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE'].map((file) => [
      path.join('swagger', file),
      path.join(swagger, file),
    ]),
  ];
  return Promise.all(files.map(async ([name, source]) => [name, await readFile(source)]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const startedMs = performance.now();
  const names = await build({ clean: true });
  const tookMs = Math.round(performance.now() - startedMs);
  console.log(`dist/: ${names.map((name) => `${name}.js`).join(', ')} in ${tookMs} ms`);
}
