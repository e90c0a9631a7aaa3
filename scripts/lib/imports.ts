import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import swc from '@swc/core';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { backArrows, crowdedFolders } from './rooms.ts';

const folders = ['services', 'lib', 'bin', 'scripts', 'test'];
/** AssemblyScript: another language in the clothes of this one. */
const ASSEMBLY = 'services/kernel/assembly/';
const SERVICES = 'services/';
/** `import('./other.ts').Type`: dependency-cruiser does not look into types. */
const IMPORT_TYPE = /\bimport\(\s*['"]\.[^'"]*['"]\s*\)\s*\.\s*[A-Z]/;
const rulesFile = path.resolve('.dependency-cruiser.json');

/** dependency-cruiser does not tell its parser that `.tsx` has JSX; in `.ts` a `<` may begin a cast. */
const { parseFileSync } = swc;
swc.parseFileSync = ((file: string, options: swc.ParseOptions) =>
  parseFileSync(file, { ...options, tsx: file.endsWith('.tsx') } as swc.ParseOptions)) as never;

/**
 * Holds the repository in `baseDir` against the rules of this one.
 *
 * A parser that does not know a language finds no module in it, and so no fault: every TypeScript
 * source that was not looked at is a fault too.
 */
export async function checkImports(
  baseDir: string,
): Promise<{ moduleCount: number; faults: string[] }> {
  const { options, ...rules } = JSON.parse(readFileSync(rulesFile, 'utf8'));
  const present = folders.filter((folder) => existsSync(path.join(baseDir, folder)));
  const { output } = await cruise(present, {
    ...options,
    baseDir,
    validate: true,
    ruleSet: rules,
  });
  const { modules, summary } = output as ICruiseResult;
  const seen = new Set(modules.map((module) => module.source));
  const sources = present.flatMap((folder) => typescriptIn(baseDir, folder));
  const faults = [
    ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    ...backArrows(ownImports(modules)),
    ...crowdedFolders(sources),
    ...sources.filter((file) => !seen.has(file)).map((file) => `not looked at: ${file}`),
    ...sources
      .filter((file) => file.startsWith(SERVICES))
      .filter((file) => IMPORT_TYPE.test(readFileSync(path.join(baseDir, file), 'utf8')))
      .map((file) => `a type is imported in place, which no rule sees: ${file}`),
  ];
  if (sources.length === 0) faults.push(`no TypeScript source in ${present.join(', ')}`);
  return { moduleCount: sources.filter((file) => seen.has(file)).length, faults };
}

/** Among the services, where folders show the architecture. */
function ownImports(modules: ICruiseResult['modules']): [from: string, to: string][] {
  return modules
    .filter(({ source }) => source.startsWith(SERVICES))
    .flatMap(({ source, dependencies }) =>
      dependencies
        .filter(({ resolved }) => resolved.startsWith(SERVICES))
        .map(({ resolved }): [string, string] => [source, resolved]),
    );
}

function typescriptIn(baseDir: string, folder: string): string[] {
  return readdirSync(path.join(baseDir, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => path.posix.join(folder, ...file.split(path.sep)))
    .filter((file) => !file.startsWith(ASSEMBLY));
}
