import { describe, expect, test } from 'vitest';
import {
  attemptOf,
  checkpointOf,
  manifestKey,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import type { TopologyOrigin } from '../../../../services/protocol/colony/origin.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { Timeline } from '../../../../services/world/events/timeline.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';

const ATTEMPT = { tick: 300, epoch: 2, topologyVersion: 4 };
const stateOrigin: Extract<TopologyOrigin, { kind: 'state' }> = {
  ...new Timeline(DEFAULT_WORLD_SPEC).originHere(0),
  tick: 300,
};
const sha256 = 'a'.repeat(64);

test.each([
  ['0000000300/2-4/manifest.json', ATTEMPT],
  ['300/2-4/manifest.json', undefined],
  ['0000000300/2-4', undefined],
  ['0000000300/2/manifest.json', undefined],
  ['x/0000000300/2-4/manifest.json', undefined],
  ['', undefined],
])('the path %j is of the attempt %j', (path, attempt) => {
  expect(attemptOf(path)).toEqual(attempt);
});

describe('the checkpoint from which a topology starts', () => {
  test('is the one whose manifest has its cells', () => {
    const key = manifestKey('main', 'instance-1', ATTEMPT);
    expect(checkpointOf({ ...stateOrigin, manifest: { key, sha256 } })).toEqual({
      ...ATTEMPT,
      sha256,
    });
  });

  test('is none at genesis', () => {
    expect(checkpointOf(GENESIS)).toBeNull();
  });

  test('is none where its cells are known in another way', () => {
    expect(checkpointOf(stateOrigin)).toBeNull();
    const manifest = { key: 'elsewhere/manifest.json', sha256 };
    expect(checkpointOf({ ...stateOrigin, manifest })).toBeNull();
  });
});
