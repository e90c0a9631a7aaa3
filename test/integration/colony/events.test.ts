import { afterEach, describe, expect, it } from 'vitest';
import type { ColonyEvent } from '../../../services/protocol/colony/colony-event.ts';
import { EVENT_KINDS } from '../../../services/world/events/events.ts';
import { EventfulColony, injectedOf } from './eventful-colony.ts';

let colony: EventfulColony;
afterEach(() => colony.cluster.close());

describe('a colony with events', () => {
  it.each([1, 3])('computes with k = %i what one process computes', async (ticksPerExchange) => {
    colony = await EventfulColony.start({ ticksPerExchange });
    for (const [i, kind] of EVENT_KINDS.entries()) {
      const answer = await colony.inject(
        i % 2 === 0 ? colony.leader : colony.standby,
        `event-${kind}`,
        { kind },
      );
      expect(answer).toMatchObject({ status: 200, body: { kind, sequence: i + 1 } });
    }
    const events = await colony.expectReplayed(colony.leader, 500);
    expect(injectedOf(events).map(({ kind }) => kind)).toEqual(EVENT_KINDS);
    expect(events.find(({ origin }) => origin === 'random')).toMatchObject({
      kind: 'createCreature',
      tick: 491,
    });
  });

  it('meets them again when a backend is lost and the world is replayed', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'wipe', { kind: 'extinction', draw: 1 });
    await colony.inject(colony.leader, 'fill', { kind: 'createCreature', tick: 260 });
    await colony.cluster.untilDigest(300);
    colony.backends[0]?.kill();
    await colony.cluster.until(
      async () => (await colony.cluster.store.read()).topologyVersion === 2,
      'the next topology',
    );
    await colony.inject(colony.leader, 'food', { kind: 'extraFood', amount: 4 });
    await colony.cluster.addBackend();
    await colony.expectReplayed(colony.leader, 500);
  });

  it('meets them again when every process was lost', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'land', { kind: 'newTopography' });
    await colony.inject(colony.leader, 'rule', {
      kind: 'ruleChange',
      rule: 'killChance',
      percent: 20,
    });
    await colony.cluster.untilDigest(200);
    for (const process of [colony.leader, colony.standby, ...colony.backends]) process.kill();
    await colony.cluster.clock.advance(20_000);
    const next = await colony.cluster.addCoordinator();
    await colony.cluster.addBackend();
    const events = await colony.expectReplayed(next, 400);
    expect(injectedOf(events).map(({ kind }) => kind)).toEqual(['newTopography', 'ruleChange']);
  });

  it('lists them by pages of whole ticks, and the newest without a tick', async () => {
    colony = await EventfulColony.start();
    for (let i = 0; i < 7; i++) {
      await colony.inject(colony.leader, `e${i}`, {
        kind: 'extraFood',
        tick: 300 + Math.floor(i / 2),
      });
    }
    const all = await colony.listed(colony.leader);
    expect(injectedOf(all).map(({ tick }) => tick)).toEqual([300, 300, 301, 301, 302, 302, 303]);
    const pages: ColonyEvent[][] = [];
    for (let from = 0; ; from = (pages.at(-1)?.at(-1)?.tick ?? 0) + 1) {
      const page = await colony.listed(colony.standby, `?from=${from}&limit=3`);
      if (page.length === 0) break;
      pages.push(page);
    }
    expect(pages.flat()).toEqual(all);
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 3]);
    expect(await colony.listed(colony.leader, '?limit=2')).toEqual(all.slice(0, 2));
    expect(await colony.listed(colony.leader, '?from=302&limit=1')).toEqual(all.slice(4, 6));
  });
});
