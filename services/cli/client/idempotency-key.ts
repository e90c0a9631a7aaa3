import { randomBytes } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import type { Output } from '../terminal/output.ts';

/** An idempotency key as the API takes it. */
export function parseKey(text: string): string {
  if (!/^[\x20-\x7e]{1,255}$/.test(text)) {
    throw new InvalidArgumentError('Expected 1 to 255 printable ASCII characters.');
  }
  return text;
}

/** A key no one else makes: where it comes from, seconds since 1970, 64 random bits. */
function makeKey(prefix: string): string {
  return `${prefix}-${Math.floor(Date.now() / 1000)}-${randomBytes(8).toString('hex')}`;
}

/**
 * The key that was given, or a new one. A new one is printed before it is used: whoever has it can
 * repeat a request whose answer was lost.
 *
 * @param doing what the key is for, as a line begins: `Injecting`.
 */
export function keyOrNew(
  { key, json }: { key?: string; json?: boolean },
  prefix: string,
  doing: string,
  output: Output,
): string {
  if (key !== undefined) return key;
  const made = makeKey(prefix);
  const line = `${doing} with the idempotency key ${made}`;
  // With --json standard output holds one document and nothing else.
  if (json) output.note(line);
  else output.line(line);
  return made;
}
