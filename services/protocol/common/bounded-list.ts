import { z } from 'zod';

/** A list of at most so many: a longer one is refused before its elements are looked at, each of which may cost an error. */
export const boundedList = <Item extends z.ZodType>(item: Item, most: number) =>
  z.array(z.unknown()).max(most).pipe(z.array(item));
