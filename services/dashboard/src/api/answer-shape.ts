/**
 * Names the first thing that an answer lacks to be shown. Pure.
 *
 * Schemas would say more, but they alone would take half of the bytes that the page may have. This is to tell an
 * answer of another build from one that is understood: all else is of the same server as the page.
 *
 * @param needs paths such as `leader.id`, and `backends[].tick` for each member of a list. What is null is not known,
 *   and so is all below it.
 * @returns one of them; undefined: nothing is missing.
 */
export const lackOf = (answer: unknown, needs: readonly string[]): string | undefined =>
  needs.find((need) => !has(answer, need.replaceAll('[]', '.[]').split('.')));

function has(value: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return value !== undefined;
  if (name === '[]') return Array.isArray(value) && value.every((member) => has(member, rest));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const member = (value as Record<string, unknown>)[name];
  return member === null || has(member, rest);
}

/** `a.b` for each of the names below a path. */
export const below = (path: string, names: readonly string[]): string[] =>
  names.map((name) => `${path}.${name}`);
