import type { ZodError } from 'zod';

const ISSUES_MAX = 3;
const VALUE_MAX_CHARS = 60;

/**
 * Says in one line what is wrong: field, value and what was expected.
 *
 * @param kind what a field is called here, for example `query parameter`.
 * @param input what was parsed: the values are looked up in it.
 */
export function describeZodError(error: ZodError, kind: string, input: unknown): string {
  const lines = error.issues.slice(0, ISSUES_MAX).map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return `unknown ${kind} ${issue.keys.map((key) => fieldName([...issue.path, key])).join(', ')}`;
    }
    const value = valueAt(input, issue.path);
    const field = issue.path.length === 0 ? 'the body' : `${kind} ${fieldName(issue.path)}`;
    if (Array.isArray(value) && kind === 'query parameter') {
      return `${field} is given ${value.length} times, expected once`;
    }
    const said = value === undefined ? 'missing' : shown(value);
    return `${field} is ${said}: ${issue.message.replace(/^Invalid input: /, '')}`;
  });
  const more = error.issues.length - lines.length;
  return lines.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

const fieldName = (path: readonly PropertyKey[]) => path.map(String).join('.').slice(0, 100);

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** The outermost level: what lies in it may be too deep to be written. */
function shown(value: unknown): string {
  const outermost = (_key: string, inner: unknown) =>
    inner !== value && typeof inner === 'object' && inner !== null ? '…' : inner;
  const text = JSON.stringify(value, outermost) ?? String(value);
  return text.length > VALUE_MAX_CHARS ? `${text.slice(0, VALUE_MAX_CHARS)}…` : text;
}
