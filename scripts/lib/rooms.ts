import path from 'node:path/posix';

/** Files of one folder that a reader can still take in. */
export const FILES_MAX = 20;

/**
 * Imports that point back: at every level of folders the siblings, files and folders alike, must
 * form a graph without a cycle, so that each folder can be read after those it builds on.
 *
 * @param imports pairs of files, relative to the repository, with forward slashes.
 * @returns one line for each import that is part of a cycle of siblings.
 */
export function backArrows(imports: readonly (readonly [from: string, to: string])[]): string[] {
  const levels = new Map<string, Map<string, Map<string, string[]>>>();
  for (const [from, to] of imports) {
    const level = commonFolder(from, to);
    const [a, b] = [siblingIn(level, from), siblingIn(level, to)];
    if (a === b) continue;
    const graph = getOrAdd(levels, level, () => new Map());
    const targets = getOrAdd<string, Map<string, string[]>>(graph, a, () => new Map());
    const arrows = getOrAdd<string, string[]>(targets, b, () => []);
    arrows.push(`${from} → ${to}`);
  }
  return [...levels].flatMap(([level, graph]) =>
    [...graph].flatMap(([a, targets]) =>
      [...targets]
        .filter(([b]) => reaches(graph, b, a))
        .flatMap(([, arrows]) => arrows.map((arrow) => `back-arrow in ${level || '.'}: ${arrow}`)),
    ),
  );
}

/** Folders with more files than a reader can take in, one line each. */
export function crowdedFolders(files: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = path.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > FILES_MAX)
    .map(([folder, count]) => `crowded: ${folder} has ${count} files, at most ${FILES_MAX}`);
}

function commonFolder(a: string, b: string): string {
  const left = a.split('/').slice(0, -1);
  const right = b.split('/').slice(0, -1);
  let depth = 0;
  while (depth < left.length && depth < right.length && left[depth] === right[depth]) depth++;
  return left.slice(0, depth).join('/');
}

const siblingIn = (folder: string, file: string): string =>
  file.slice(folder === '' ? 0 : folder.length + 1).split('/')[0] ?? '';

function reaches(
  graph: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
  from: string,
  to: string,
): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(graph.get(at)?.keys() ?? []));
  }
  return false;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
