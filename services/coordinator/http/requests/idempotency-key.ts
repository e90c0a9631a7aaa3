import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ErrorCode } from '../../../protocol/common/error-codes.ts';
import { ColonyError } from '../../../protocol/common/errors.ts';

const PRINTABLE_ASCII = /^[\x20-\x7e]{1,255}$/;

/** The key as a parameter of a route; idempotencyKeyOf checks it. */
export const idempotencyKeyParameter = z.string().optional().openapi({
  description:
    'Made by the client, 1 to 255 printable ASCII characters. Needed here or as the header Idempotency-Key.',
  example: '1765192312',
});

export const idempotencyKeyHeader = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .openapi({ description: 'The same key; if both are given they must agree.' }),
});

export const IDEMPOTENCY_KEY_ERRORS = [
  'IDEMPOTENCY_KEY_MISSING',
  'IDEMPOTENCY_KEY_MALFORMED',
  'IDEMPOTENCY_KEY_CONFLICT',
] as const satisfies ErrorCode[];

/** The key of a request, from query or header. The server never makes one. */
export function idempotencyKeyOf(c: Context): string {
  const query = c.req.query('idempotency_key');
  const header = c.req.header('Idempotency-Key');
  if (query !== undefined && header !== undefined && query !== header) {
    throw new ColonyError(
      'IDEMPOTENCY_KEY_CONFLICT',
      'idempotency_key in the query and the header Idempotency-Key differ',
    );
  }
  const key = query ?? header ?? '';
  if (key === '') {
    throw new ColonyError('IDEMPOTENCY_KEY_MISSING', 'the request carries no idempotency key');
  }
  if (!PRINTABLE_ASCII.test(key)) {
    throw new ColonyError(
      'IDEMPOTENCY_KEY_MALFORMED',
      `the idempotency key has ${key.length} characters, expected 1 to 255 printable ASCII ones`,
    );
  }
  return key;
}
