import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { common } from '../../../scripts/lib/bundling.mjs';
import type { PlantedBug } from './planted-bug.ts';

const PRESENT_FILE = 'test/swarm/planted/present.ts';
const ENTRY = 'test/swarm/main.ts';

/**
 * The source with the bug.
 *
 * @throws Error if a text that it changes is not there exactly once: the list of bugs is behind the sources then.
 */
export function plantedSource(source: string, { name, file, changes }: PlantedBug): string {
  return changes.reduce((text, [from, to]) => {
    const times = text.split(from).length - 1;
    if (times === 1) return text.replace(from, () => to);
    throw new Error(`${name}: ${file} has this text ${times} times, expected once:\n${from}`);
  }, source);
}

/** Bundles the swarm with sources that have the bug. The bundle is there until this process ends. */
export async function bundlePlanted(bug: PlantedBug): Promise<URL> {
  const root = process.cwd();
  bundles ??= createFolder(root);
  const outfile = path.join(await bundles, `${bug.name}.mjs`);
  await esbuild.build({
    ...common,
    absWorkingDir: root,
    entryPoints: [ENTRY],
    outfile,
    packages: 'external',
    plugins: [plant(root, bug)],
  } as esbuild.BuildOptions);
  return pathToFileURL(outfile);
}

let bundles: Promise<string> | undefined;

/** A folder from which packages are found; it is gone when this process has ended. */
async function createFolder(root: string): Promise<string> {
  const cache = path.join(root, 'node_modules', '.cache', 'colony');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, `planted-${process.pid}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function plant(root: string, bug: PlantedBug): esbuild.Plugin {
  const planted = path.join(root, bug.file);
  const present = path.join(root, PRESENT_FILE);
  return {
    name: `plant ${bug.name}`,
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
        if (file === present) {
          return { contents: `export const PLANTED = '${bug.name}';`, loader: 'ts' };
        }
        if (file !== planted) return undefined;
        return { contents: plantedSource(await readFile(file, 'utf8'), bug), loader: 'ts' };
      });
    },
  };
}
