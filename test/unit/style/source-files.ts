import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

export type SourceFile = {
  /** Relative to the repository, with forward slashes. */
  path: string;
  text: string;
};

const folders = ['services', 'lib', 'bin', 'scripts', 'test', 'docs', 'types', '.ci'];
const textual = /\.(ts|mjs|js|json|md|sh|css|html|yaml|yml)$|^\.ci\/run$/;

/** Every text file of the repository that people write. */
export function sourceFiles(): SourceFile[] {
  const top = readdirSync('.', { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'package-lock.json')
    .map((entry) => entry.name);
  const below = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file).split(sep).join('/'),
      ),
    );
  return [...top, ...below]
    .filter((path) => textual.test(path) && !path.endsWith('.min.js'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** `path:line: text` for each line that matches. */
export function lineFaults({ path, text }: SourceFile, pattern: RegExp): string[] {
  return text
    .split('\n')
    .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : []));
}
