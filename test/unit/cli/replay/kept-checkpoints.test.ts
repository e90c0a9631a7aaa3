import { describe, expect, test } from 'vitest';
import {
  type CheckpointFlags,
  checkpointPlace,
  chooseCheckpoint,
  type FromOption,
} from '../../../../services/cli/replay/kept-checkpoints.ts';

const LOCAL = 'http://127.0.0.1:8083';
const GATEWAY = 'https://abc123.execute-api.eu-central-1.amazonaws.com';
const FROM = { from: 'checkpoint' } as const;

/** As `GET /checkpoints` lists them, newest first. */
const kept = [900, 500, 217].map((tick) => ({
  ...{ tick, at: '', sizeBytes: 1, digest: '' },
  manifest: { key: `${tick}`, sha256: '' },
}));
const chosen = (from: FromOption, to?: number) => chooseCheckpoint(kept, from, to).tick;

describe('the checkpoint to start from', () => {
  test('is the newest of all, if no tick is given', () => {
    expect(chosen('checkpoint')).toBe(900);
  });

  test('is the newest at the tick that is given, or before', () => {
    expect([chosen(500), chosen(899), chosen(217), chosen(10_000)]).toEqual([500, 500, 217, 900]);
  });

  test('is said to be missing before the first one, and for a tick before the oldest', () => {
    expect(() => chooseCheckpoint([], 'checkpoint')).toThrow('No checkpoint has been taken yet');
    expect(() => chosen(216)).toThrow(
      'No checkpoint of tick 216 or before is kept, the oldest is of tick 217',
    );
  });

  test('must not be later than the last tick to compare at', () => {
    expect(chosen(500, 500)).toBe(500);
    expect(() => chosen('checkpoint', 899)).toThrow(
      '--to 899 is before the checkpoint of tick 900: choose an earlier one with --from.',
    );
  });
});

describe('the place of the checkpoints', () => {
  test.each<[string, CheckpointFlags, object]>([
    ['the default data folder', FROM, { dataDir: '.colony' }],
    ['a data folder', { ...FROM, dataDir: 'x' }, { dataDir: 'x' }],
    [
      'a bucket in its region',
      { ...FROM, bucket: 'b-1', region: 'eu-west-1', sign: 'us-east-1' },
      { bucket: 'b-1', region: 'eu-west-1' },
    ],
    [
      'a bucket in the region that is signed for',
      { ...FROM, bucket: 'b-1', sign: 'us-east-1' },
      { bucket: 'b-1', region: 'us-east-1' },
    ],
  ])('is %s', (_what, flags, place) => {
    expect(checkpointPlace(flags, LOCAL)).toEqual(place);
  });

  test('is in the region of the address, if no other is named', () => {
    const flags = { ...FROM, bucket: 'b-1' };
    expect(checkpointPlace(flags, GATEWAY)).toEqual({ bucket: 'b-1', region: 'eu-central-1' });
  });

  test('is none without --from', () => {
    expect(checkpointPlace({ sign: 'us-east-1' }, LOCAL)).toBeUndefined();
  });

  test.each<[CheckpointFlags, string]>([
    [{ dataDir: 'x' }, '--data-dir says where checkpoints are: it goes with --from.'],
    [{ bucket: 'b-1' }, '--bucket says where checkpoints are: it goes with --from.'],
    [{ region: 'eu-west-1' }, '--region says where checkpoints are: it goes with --from.'],
    [{ ...FROM, region: 'eu-west-1' }, '--region goes with --bucket.'],
    [{ ...FROM, bucket: 'b-1', dataDir: 'x' }, 'Give either --data-dir or --bucket.'],
    [{ ...FROM, bucket: 'b-1' }, '--bucket needs the --region that it is in.'],
  ])('of %j is wrong usage', (flags, message) => {
    expect(() => checkpointPlace(flags, LOCAL)).toThrow(
      expect.objectContaining({ message, exitCode: 2 }),
    );
  });
});
