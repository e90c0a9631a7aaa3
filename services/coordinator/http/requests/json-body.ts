import type { Context } from 'hono';
import type { z } from 'zod';
import type { ErrorCode } from '../../../protocol/common/error-codes.ts';
import { ColonyError } from '../../../protocol/common/errors.ts';
import { describeZodError } from './describe-zod-error.ts';

/** Bodies of public requests. */
export const BODY_MAX_BYTES = 64 * 1024;

/** Whether a request of this method can have one. */
export const hasBody = (method: string): boolean => method !== 'GET' && method !== 'HEAD';

const JSON_CONTENT_TYPE = /^application\/json\s*(;|$)/i;

/**
 * Reads and checks a JSON body.
 *
 * @param options.ifEmpty what an absent or empty body means; without it there must be one.
 * @param options.code what a body that does not fit the schema is refused with.
 * @throws BAD_REQUEST if it is not JSON or does not say that it is.
 */
export async function jsonBody<S extends z.ZodType>(
  c: Context,
  schema: S,
  options: { ifEmpty?: unknown; code?: ErrorCode } = {},
): Promise<z.output<S>> {
  const text = await c.req.text();
  let value = options.ifEmpty;
  if (text.trim() !== '') {
    const contentType = c.req.header('Content-Type') ?? '';
    if (!JSON_CONTENT_TYPE.test(contentType)) {
      throw new ColonyError(
        'BAD_REQUEST',
        `the header Content-Type is ${JSON.stringify(contentType.slice(0, 60))}, expected application/json`,
      );
    }
    value = parseBody(text);
  } else if (value === undefined) {
    throw new ColonyError('BAD_REQUEST', 'the body is empty, expected JSON');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ColonyError(
    options.code ?? 'BAD_REQUEST',
    describeZodError(result.error, 'field', value),
  );
}

/** As parseJson, but with the parser's reason: people write these bodies. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message.replaceAll(/\s+/g, ' ').slice(0, 120);
    throw new ColonyError('BAD_REQUEST', `the body is not JSON: ${reason}`);
  }
}
