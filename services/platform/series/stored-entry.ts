import type { z } from 'zod';
import { ColonyError } from '../../protocol/common/errors.ts';

/** Guesses nothing in a broken entry: STORE_UNAVAILABLE names the first field that does not fit. */
export function parseStoredEntry<T>(schema: z.ZodType<T>, what: string, fields: unknown): T {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ColonyError(
    'STORE_UNAVAILABLE',
    `a stored ${what} is broken: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}
