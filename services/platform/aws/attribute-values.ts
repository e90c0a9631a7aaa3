import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * The plain value of an attribute. The document client gives plain values, except in the item that
 * a refused condition brings with it. Kinds that no item of ours has are a plain Error.
 */
function plainOf(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map(plainOf);
  if (value.M !== undefined) return plainItem(value.M);
  throw new Error(`an attribute of the kind ${Object.keys(value).join()} is not expected`);
}

export function plainItem(item: Record<string, AttributeValue>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainOf(value)]));
}
