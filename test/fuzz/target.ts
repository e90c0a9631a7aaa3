import type fc from 'fast-check';
import { ColonyError } from '../../services/protocol/common/errors.ts';

/** Something of the product that reads what others wrote. */
export interface Target {
  /** Also the folder of its corpus. */
  readonly name: string;
  /** The sources whose decoders it runs; a test holds that no decoder of the product is in none of these lists. */
  readonly reads: readonly string[];
  /** Makes what the runs share: the state that they start from, and valid inputs made by the real encoders. */
  open(): OpenTarget | Promise<OpenTarget>;
}

export interface OpenTarget {
  /** Any input: mostly one of its seeds, changed in some places. */
  readonly inputs: fc.Arbitrary<Uint8Array>;
  /** Inputs that it must accept: unchanged ones prove that mutants get far. */
  readonly seeds: readonly Uint8Array[];
  /**
   * Decodes the bytes, and asserts what must hold of the result.
   *
   * @throws what `isDocumented` knows, if they are refused. Anything else is a failure.
   */
  run(input: Uint8Array): unknown;
  /** Whether the decoder says that it throws this. */
  isDocumented(error: unknown): boolean;
  /** The most bytes that a run may allocate for an input of so many. */
  maxAllocation(inputBytes: number): number;
  close?(): Promise<void>;
}

const MIB = 2 ** 20;

/**
 * An allocation that grows with the input alone.
 *
 * @param factor bytes for each byte of the input.
 * @param more whatever the input is: of schemas, messages, small buffers. @default 8 MiB
 */
export const grownBy =
  (factor: number, more = 8 * MIB) =>
  (inputBytes: number): number =>
    factor * inputBytes + more;

/** ColonyErrors with one of these codes. */
export const coded =
  (...codes: readonly string[]) =>
  (error: unknown): boolean =>
    error instanceof ColonyError && codes.includes(error.code);

/** Nothing may be thrown: what is refused is told by the result. */
export const never = (): boolean => false;

/** What a target asserts of a result; never documented. */
class Violation extends Error {
  override readonly name = 'Violation';
}

export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Violation(what);
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const jsonBytes = (value: unknown): Uint8Array => bytesOf(JSON.stringify(value));
/** As readers of files do: what is no UTF-8 becomes U+FFFD. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
