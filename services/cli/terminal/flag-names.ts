import type { ZodError } from 'zod';
import { flagOf } from '../../platform/config/config.ts';

/** `shardSize` → `--shard-size`: what the person typed. */
const flagNamed = (field: string): string => `--${flagOf(field)}`;

/** Names the field that a problem begins with as its flag. */
export const namedByFlag = (problem: string): string =>
  problem.replace(/^[A-Za-z]+/, (field) => flagNamed(field));

/**
 * What a schema says is wrong, in one line.
 *
 * @param isFlag whether a field came by a flag and is named so; all others have the API's names.
 */
export function problemsOf(
  error: ZodError,
  isFlag: (field: string) => boolean = () => true,
): string {
  const nameOf = (path: readonly PropertyKey[]) => {
    const name = path.map(String).join('.');
    return path.length === 1 && isFlag(name) ? flagNamed(name) : name;
  };
  const problems = error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const names = issue.keys.map((key) => nameOf([...issue.path, key])).join(', ');
      return `${names} does not belong to it`;
    }
    const what = issue.message.replace(/^Invalid input: /, '');
    return issue.path.length === 0 ? what : `${nameOf(issue.path)}: ${what}`;
  });
  return problems.join('; ');
}
