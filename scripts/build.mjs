// Bundles every service into dist/ in one esbuild pass: what runs locally is what the image runs.
//
//   services/<name>/main.ts            → dist/<name>.js   (cli → dist/colony.js)
//   services/<name>/<x>.worker.ts      → dist/<x>.worker.js
//   services/<name>/<x>.child.ts       → dist/<x>.child.js
//   services/kernel/assembly/**        → dist/kernel.wasm
//   services/dashboard/src/main.ts     → dist/dashboard/main.js, for browsers
//   services/dashboard/static/**       → dist/dashboard/
//   Swagger UI (style sheet, script)   → dist/swagger/
//
// Everything lies flat in dist/, shared chunks too, so that `new URL('./x.worker.js',
// import.meta.url)` means the same file from whichever chunk it is asked.
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { compileKernel } from './lib/kernel.mjs';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));
/** The folder of the bundles. */
export const dist = path.join(root, 'dist');

const services = path.join(root, 'services');

/** esbuild settings that bundles and one-off scripts share. */
export const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The AWS clients' ES modules: imported on demand, their CommonJS would lose its names.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  legalComments: 'none',
};

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
 * Builds dist/.
 * @param options.clean also removes files of earlier builds; not while a colony runs from them.
 * @returns the names of the bundles.
 */
export async function build({ clean = false } = {}) {
  const entryPoints = await findEntryPoints();
  const bundling = esbuild.build({
    ...common,
    entryPoints,
    outdir: dist,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    sourcemap: true,
    // Native: it stays a package.
    external: ['classic-level'],
    // Bundled CommonJS packages call require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    write: false,
  });
  const [{ outputFiles }, kernel] = await Promise.all([bundling, compileKernel(root)]);
  const outputs = [
    ...outputFiles,
    { path: path.join(dist, 'kernel.wasm'), contents: await readFile(kernel) },
  ];
  await mkdir(dist, { recursive: true });
  if (clean) await removeAllBut(new Set(outputs.map((f) => path.basename(f.path))));
  // Entry points last: a process that starts meanwhile never finds one without its chunks.
  const isFirst = (file) => /^(chunk-|kernel\.wasm)/.test(path.basename(file.path));
  await Promise.all(outputs.filter(isFirst).map(writeIfChanged));
  await Promise.all(outputs.filter((f) => !isFirst(f)).map(writeIfChanged));
  // One after the other: both make the page's folder, and the copy fails if it appears meanwhile.
  await buildDashboard();
  await copyAssets();
  await writeFile(path.join(dist, '.built'), '');
  return Object.keys(entryPoints);
}

/** By temporary name and rename: a running colony may start a child from this file right now. */
async function writeIfChanged({ path: file, contents }) {
  const old = await readFile(file).catch(() => undefined);
  if (old?.equals(contents)) return;
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, contents);
  await rename(temporary, file);
}

async function removeAllBut(keep) {
  for (const entry of await readdir(dist, { withFileTypes: true })) {
    if (!keep.has(entry.name)) await rm(path.join(dist, entry.name), { recursive: true });
  }
}

/** The script of the page, in one file. */
async function buildDashboard() {
  const entry = path.join(services, 'dashboard', 'src', 'main.ts');
  if (!existsSync(entry)) return;
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints: [entry],
    outfile: path.join(dist, 'dashboard', 'main.js'),
    platform: 'browser',
    target: 'es2022',
    minify: true,
    sourcemap: true,
    write: false,
  });
  await mkdir(path.join(dist, 'dashboard'), { recursive: true });
  await Promise.all(outputFiles.map(writeIfChanged));
}

async function copyAssets() {
  const dashboard = path.join(services, 'dashboard', 'static');
  if (existsSync(dashboard)) {
    await cp(dashboard, path.join(dist, 'dashboard'), { recursive: true });
  }
  const swagger = path.dirname(
    createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'),
  );
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE']) {
    await cp(path.join(swagger, file), path.join(dist, 'swagger', file));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const startedMs = performance.now();
  const names = await build({ clean: true });
  const tookMs = Math.round(performance.now() - startedMs);
  console.log(`dist/: ${names.map((name) => `${name}.js`).join(', ')} in ${tookMs} ms`);
}
