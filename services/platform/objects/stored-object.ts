import { ColonyError } from '../../protocol/common/errors.ts';
import { parseJson } from '../../protocol/common/json.ts';

/** The value of an object that is stored as a text. Throws STORE_UNAVAILABLE if it is no JSON. */
export function parseObject(ref: string, text: string): unknown {
  const value = parseJson(text);
  if (value !== undefined) return value;
  throw new ColonyError('STORE_UNAVAILABLE', `the object stored under ${ref} is no JSON`);
}
