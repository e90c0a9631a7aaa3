// Compiles the tick kernel (AssemblyScript) once per content of its sources:
//
//   services/kernel/assembly/kernel.ts → node_modules/.cache/colony/kernel-<hash>.wasm
//
// from where the build copies it beside the bundles and tests and benchmarks read it.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('../..', import.meta.url));

/** The memory is imported, and shared by threads; it may grow to what 32 bits address. */
const flags = [
  ...['--runtime', 'stub', '--use', 'abort='],
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ...['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory'],
  ...['-O3', '--shrinkLevel', '0', '--converge', '--noAssert'],
];

/**
 * The compiled kernel; takes seconds when its sources have changed.
 *
 * @param root the folder of the repository; a bundled script has to say it.
 * @returns the path of the wasm file.
 * @throws Error with what the compiler says.
 */
export async function compileKernel(root = here) {
  const folder = path.join(root, 'services', 'kernel');
  const cache = path.join(root, 'node_modules', '.cache', 'colony');
  const version = createRequire(import.meta.url)('assemblyscript/package.json').version;
  const hash = createHash('sha256').update(JSON.stringify([version, flags]));
  const assembly = path.join(folder, 'assembly');
  const files = (await readdir(assembly)).filter((file) => file.endsWith('.ts')).sort();
  const layout = path.join(folder, 'memory-layout.ts');
  for (const file of [layout, ...files.map((name) => path.join(assembly, name))]) {
    hash.update(`${path.basename(file)}\0`).update(await readFile(file));
  }
  const compiled = path.join(cache, `kernel-${hash.digest('hex').slice(0, 16)}.wasm`);
  if (existsSync(compiled)) return compiled;

  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await asc.main(
    ['services/kernel/assembly/kernel.ts', ...flags, '--outFile', 'kernel.wasm'],
    {
      readFile: (file, base) => readFile(path.resolve(root, base, file), 'utf8').catch(() => null),
      writeFile: (_file, contents) => {
        binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`The kernel does not compile:\n${stderr}`);
  await mkdir(cache, { recursive: true });
  // By temporary name and rename: another process may look for it right now.
  const temporary = `${compiled}.${randomBytes(8).toString('hex')}.tmp`;
  await writeFile(temporary, binary);
  await rename(temporary, compiled);
  return compiled;
}
