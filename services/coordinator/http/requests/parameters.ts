import { z } from '@hono/zod-openapi';

/** Query parameters are strict everywhere: a typing error must not pass as a default. */
export const noQuery = z.strictObject({});

/** A decimal integer in a query. Signs, blanks, hexadecimals and exponents are refused. */
export function integerParameter(options: { min: number; max: number; description: string }) {
  const { min, max, description } = options;
  const error = `expected an integer from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error })
    .openapi({ type: 'integer', minimum: min, maximum: max, description });
}

/** A name for a schema in the OpenAPI document; it may be older than the extension of zod. */
export function named<S extends z.ZodType>(name: string, schema: S): S {
  return schema.clone().openapi(name) as S;
}

/** The `content` of a JSON answer. */
export const json = <S extends z.ZodType>(schema: S) => ({ 'application/json': { schema } });
