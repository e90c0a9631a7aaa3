import { InvalidArgumentError } from 'commander';
import { COLONY_NAME } from '../../protocol/common/names.ts';
import { PACE_BOUNDS } from '../../protocol/record/colony-record.ts';

/** A commander parser of whole numbers within bounds, both allowed. */
export function integerIn(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

const [PACE_MIN, PACE_MAX] = PACE_BOUNDS;

/** `60`, `0.5` or `unlimited`; null stands for as fast as possible. */
export function parsePace(text: string): number | null {
  if (text === 'unlimited') return null;
  const value = /^\d{1,7}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= PACE_MIN && value <= PACE_MAX)) {
    throw new InvalidArgumentError(
      `Expected ticks per second from ${PACE_MIN} to ${PACE_MAX}, or 'unlimited'.`,
    );
  }
  return value;
}

/** The same for a flag: of a flag's null commander makes an empty text. */
export const parsePaceFlag = (text: string): number | 'unlimited' => parsePace(text) ?? 'unlimited';

/** The name of a colony. */
export function parseName(text: string): string {
  if (!COLONY_NAME.test(text)) {
    throw new InvalidArgumentError('Expected 1 to 31 of a-z, 0-9 and -, a letter first.');
  }
  return text;
}

export function parseFolder(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a folder.');
  return text;
}

/** An http or https address without a trailing slash. */
export function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new InvalidArgumentError('Expected an address such as http://127.0.0.1:8083.');
  }
  return url.href.replace(/\/+$/, '');
}

export function parseRegion(text: string): string {
  if (!/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(text)) {
    throw new InvalidArgumentError('Expected a region such as eu-central-1.');
  }
  return text;
}

export function parseBucket(text: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text)) {
    throw new InvalidArgumentError('Expected the name of a bucket.');
  }
  return text;
}

/** @param ticksPerSecond null: as fast as possible */
export function paceText(ticksPerSecond: number | null): string {
  return ticksPerSecond === null ? 'unlimited' : `${ticksPerSecond} ticks/s`;
}
