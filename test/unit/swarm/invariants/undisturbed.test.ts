import { expect, test } from 'vitest';
import type { LoggedWorldEvent } from '../../../../services/protocol/colony/colony-event.ts';
import { formatDigest } from '../../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import type { WorldSpec } from '../../../../services/world/spec/spec.ts';
import { Undisturbed } from '../../../swarm/invariants/undisturbed.ts';

const SPEC: WorldSpec = {
  ...{ width: 32, height: 16, shardSize: 16, seed: 7 },
  ...{ rules: DEFAULT_RULES, randomEvents: true },
};

const drop = (sequence: number, tick: number): LoggedWorldEvent => ({
  ...{ sequence, tick, keyHash: `${sequence}`.padStart(32, '0'), bodyHash: '0'.repeat(32) },
  event: { kind: 'foodDrop', x: 8, y: 8, radiusX: 6, radiusY: 6, amount: 200 },
});

/** The world from its genesis on, tick by tick. */
function digestOf(tick: number, events: readonly LoggedWorldEvent[]): string {
  const world = new SingleWorld(SPEC, { events });
  while (world.tick < tick) world.step();
  return formatDigest(world.digest());
}

test.each([0, 1, 59, 60, 80, 130])(
  'an event of tick %i changes all that comes after it',
  (tick) => {
    const calm = new Undisturbed(SPEC);
    expect(calm.digestAt(200)).toBe(digestOf(200, []));
    const world = new Undisturbed(SPEC);
    const event = drop(1, tick);
    world.add(event);
    expect(world.digestAt(tick)).toBe(digestOf(tick, []));
    expect(world.digestAt(200)).toBe(digestOf(200, [event]));
    expect(world.digestAt(200)).not.toBe(calm.digestAt(200));
    expect(world.row('statistics', 200)).not.toEqual(calm.row('statistics', 200));
  },
);

test('a second event is met where the world has come to, and states that lie behind stay', () => {
  const world = new Undisturbed(SPEC);
  const [first, second] = [drop(1, 60), drop(2, 150)];
  world.add(first);
  expect(world.digestAt(130)).toBe(digestOf(130, [first]));
  world.add(second);
  expect(world.digestAt(200)).toBe(digestOf(200, [first, second]));
  expect(world.digestAt(100)).toBe(digestOf(100, [first]));
  expect(world.digestAt(0)).toBe(digestOf(0, []));
  expect(world.row('statistics', 40)).toEqual(new Undisturbed(SPEC).row('statistics', 40));
});

test('what was not measured on the way is not known any more, and is not that of another world', () => {
  const calm = new Undisturbed(SPEC);
  calm.digestAt(190);
  const world = new Undisturbed(SPEC);
  world.add(drop(1, 60));
  world.digestAt(200);
  expect(world.digestAt(190)).toBeUndefined();
  expect(world.digestAt(70)).toBeUndefined();
});
