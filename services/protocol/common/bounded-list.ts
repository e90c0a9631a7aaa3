import { z } from 'zod';

/**
 * A list of at most so many, and at least `least`. It is refused by its length before its elements are looked at, and then
 * by the first one that is wrong: zod's own lists tell of each, which costs a kilobyte for two bytes of input.
 */
export const boundedList = <Item extends z.ZodType>(item: Item, most: number, least = 0) =>
  z
    .array(z.unknown())
    .min(least)
    .max(most)
    .transform((values, context) => {
      const parsed: z.output<Item>[] = [];
      for (const [i, value] of values.entries()) {
        const { data, error } = item.safeParse(value);
        if (error !== undefined) {
          for (const { message, path } of error.issues) {
            context.issues.push({ code: 'custom', message, path: [i, ...path], input: value });
          }
          return z.NEVER;
        }
        parsed.push(data as z.output<Item>);
      }
      return parsed;
    });
