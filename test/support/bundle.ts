import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { common } from '../../scripts/lib/bundling.mjs';

const cache = path.join(process.cwd(), 'node_modules', '.cache', 'colony');

/**
 * Bundles what a thread or a process of its own runs, which knows nothing of how tests read TypeScript.
 *
 * @param settings of esbuild. @default packages are bundled too
 * @returns the file of the bundle.
 */
export async function bundle(
  source: string,
  settings: Pick<esbuild.BuildOptions, 'packages'> = {},
): Promise<string> {
  const { outputFiles } = await esbuild.build({
    ...common,
    ...settings,
    absWorkingDir: process.cwd(),
    entryPoints: [source],
    write: false,
  } as esbuild.BuildOptions & { write: false });
  const { contents } = outputFiles[0] as esbuild.OutputFile;
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 16);
  const file = path.join(cache, `${path.basename(source, '.ts')}-${hash}.mjs`);
  await mkdir(cache, { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, contents);
  await rename(temporary, file);
  return file;
}
