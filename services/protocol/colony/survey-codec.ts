import { COLOURS_MAX, type ColourCounts } from '../../world/measuring/colour-counts.ts';
import {
  EMPTY_SURVEY,
  SURVEYED,
  SURVEYED_NAMES,
  type Survey,
  type Surveyed,
} from '../../world/measuring/survey.ts';

/*
 * A survey as backends tell it: base64 of
 *
 *     version              1 byte
 *     for food, size, health, ageTicks:
 *       square             number
 *       bins               a number each
 *     for species, lineages:
 *       isGrouped          1 byte, 0 or 1
 *       length             number
 *       entries            two numbers each, ascending by colour: colour − the one before − 1, count − 1;
 *                          before the first there is −1
 *
 * A number has seven bits in each byte, the lowest first, and 128 in every byte but its last.
 */
const VERSION = 1;

const COLOUR_MAX = 0xffffff;
const COUNT_MAX = 2 ** 32;
/** No sum of squares is larger: of as many cells as there may be, each with the largest value. */
const SQUARES_MAX = 2n ** 64n;

/**
 * More than the longest survey. Of COLOURS_MAX entries all counts may take three bytes, for together they are
 * less than 2^32. Colours take one byte each, and a second one only in steps of 128: of 2^24 there are half as
 * many steps as entries.
 */
const SURVEY_MAX_BYTES = 2 * (3 + 1.5) * COLOURS_MAX + 32 * 1024;
export const SURVEY_TEXT_MAX = Math.ceil(SURVEY_MAX_BYTES / 3) * 4;

export function encodeSurvey(survey: Survey): string {
  const out = new Writer();
  out.byte(VERSION);
  for (const name of SURVEYED_NAMES) {
    out.big(survey.squares[name]);
    survey.histograms[name].forEach((count) => {
      out.number(count);
    });
  }
  for (const { isGrouped, colours, counts } of [survey.species, survey.lineages]) {
    out.byte(isGrouped ? 1 : 0);
    out.number(colours.length);
    let before = -1;
    colours.forEach((colour, i) => {
      out.number(colour - before - 1);
      out.number((counts[i] ?? 1) - 1);
      before = colour;
    });
  }
  return Buffer.from(out.bytes).toString('base64');
}

/** @throws RangeError if the text is no survey; says what is wrong with it. */
export function decodeSurvey(text: string): Survey {
  if (text.length > SURVEY_TEXT_MAX) throw new RangeError('a survey is too long');
  const bytes = Buffer.from(text, 'base64');
  // What is no base64 is passed over without a word.
  if (bytes.toString('base64') !== text) throw new RangeError('a survey is no base64');
  const input = new Reader(bytes);
  if (input.byte() !== VERSION) throw new RangeError('a survey is of another version');
  const squares: Record<Surveyed, bigint> = { ...EMPTY_SURVEY.squares };
  const histograms: Record<Surveyed, Float64Array> = { ...EMPTY_SURVEY.histograms };
  for (const name of SURVEYED_NAMES) {
    squares[name] = input.big();
    histograms[name] = Float64Array.from({ length: SURVEYED[name] }, () => input.number(COUNT_MAX));
  }
  const species = readColours(input);
  const lineages = readColours(input);
  input.assertEnd();
  const { size, health, ageTicks } = histograms;
  const populations = [size, health, ageTicks, species.counts, lineages.counts].map(sumOf);
  if (new Set(populations).size > 1) throw new RangeError('a survey has several populations');
  return { squares, histograms, species, lineages };
}

function readColours(input: Reader): ColourCounts {
  const isGrouped = input.byte();
  if (isGrouped > 1) throw new RangeError('a survey has neither colours nor groups');
  const length = input.number(COLOURS_MAX);
  // Each takes two bytes at least: no more is allocated than what came.
  if (2 * length > input.left) throw new RangeError('a survey is cut');
  const colours = new Uint32Array(length);
  const counts = new Float64Array(length);
  let before = -1;
  for (let i = 0; i < length; i++) {
    before += 1 + input.number(COLOUR_MAX);
    if (before > COLOUR_MAX) throw new RangeError('a survey has a colour beyond the last');
    if (isGrouped === 1 && (before & 0x030303) !== 0) throw new RangeError('a group is none');
    colours[i] = before;
    counts[i] = 1 + input.number(COUNT_MAX);
  }
  return { isGrouped: isGrouped === 1, colours, counts };
}

const sumOf = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);

class Writer {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length++] = value;
  }

  number(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) + 128);
    this.byte(rest);
  }

  big(value: bigint): void {
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) this.byte(Number(rest & 127n) + 128);
    this.byte(Number(rest));
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError('a survey is cut');
    return byte;
  }

  number(most: number): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (value > most || scale > COUNT_MAX)
        throw new RangeError('a number of a survey is too large');
      if (byte < 128) return value;
    }
  }

  big(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value += BigInt(byte & 127) << shift;
      if (value > SQUARES_MAX || shift > 64n) throw new RangeError('squares are too large');
      if (byte < 128) return value;
    }
  }

  assertEnd(): void {
    if (this.left > 0) throw new RangeError('a survey goes on behind its end');
  }
}
