import { z } from 'zod';
import { PACE_BOUNDS } from '../../protocol/record/colony-record.ts';

/** How one value is read, from text (flag, environment) or JSON (file), and what it must be. */
export interface ValueKind<T> {
  /** Completes the sentence "…, expected". */
  expected: string;
  schema: z.ZodType<T>;
}

const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d{1,16}(\.\d{1,9})?$/)
    .transform(Number),
]);

export const integer = (min: number, max: number): ValueKind<number> => ({
  expected: `an integer from ${min} to ${max}`,
  schema: numeric.pipe(z.int().min(min).max(max)),
});

const [PACE_MIN, PACE_MAX] = PACE_BOUNDS;

export const yesOrNo: ValueKind<boolean> = {
  expected: 'true or false',
  schema: z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]),
};

/** Ticks per second; `unlimited` is null. */
export const pace: ValueKind<number | null> = {
  expected: `ticks per second from ${PACE_MIN} to ${PACE_MAX}, or unlimited`,
  schema: z.union([
    numeric.pipe(z.number().min(PACE_MIN).max(PACE_MAX)),
    z.literal('unlimited').transform(() => null),
    z.null(),
  ]),
};

/** A part of a whole. */
export const share: ValueKind<number> = {
  expected: 'a number from 0 to 1',
  schema: numeric.pipe(z.number().min(0).max(1)),
};

export const text = (pattern: RegExp, expected: string): ValueKind<string> => ({
  expected,
  schema: z.string().regex(pattern),
});

export const choice = <const V extends string>(values: readonly V[]): ValueKind<V> => ({
  expected: `one of ${values.join(', ')}`,
  schema: z.enum(values),
});

export const url: ValueKind<string> = {
  expected: 'an http or https address, for example http://127.0.0.1:8000',
  schema: z.url({ protocol: /^https?$/ }),
};

/** Comma-separated in text, an array in JSON. */
export const list = (pattern: RegExp, expected: string): ValueKind<string[]> => ({
  expected,
  schema: z
    .union([
      z.array(z.string()),
      z.string().transform((value) =>
        value
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      ),
    ])
    .pipe(z.array(z.string().regex(pattern)).max(64)),
});
