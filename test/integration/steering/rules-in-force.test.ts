import { afterEach, describe, expect, it } from 'vitest';
import { EventfulColony, injectedOf, WORLD } from '../colony/eventful-colony.ts';

let colony: EventfulColony;
afterEach(() => colony.cluster.close());

describe('the rules in force', () => {
  const change = (percent: number, tick: number) => ({
    ...{ kind: 'ruleChange', rule: 'killChance', percent, tick },
  });

  it('are those of the spec, as the events that happened have changed them', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'more', change(20, 150));
    await colony.inject(colony.leader, 'again', change(20, 200));
    await colony.inject(colony.leader, 'void', change(20, 200));
    await colony.cluster.during(colony.leader.request('/colony-events/3', { method: 'DELETE' }));
    const rulesAt = async (tick: number) => {
      await colony.cluster.until(
        async () => ((await colony.cluster.view(colony.leader)).tick ?? 0) > tick,
        `tick ${tick}`,
      );
      return (await colony.cluster.view(colony.standby)).rules?.killChance;
    };
    expect((await colony.cluster.view(colony.leader)).rules).toEqual(WORLD.rules);
    expect(await rulesAt(150)).toBe(3);
    expect(await rulesAt(200)).toBe(4);
    expect((await colony.cluster.view(colony.leader)).spec?.rules.killChance).toBe(2);
  });

  it('are told with each event that changes them: before and after, those cancelled left out', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'more', change(20, 300));
    await colony.inject(colony.leader, 'void', change(-20, 301));
    await colony.inject(colony.leader, 'again', change(20, 302));
    await colony.cluster.during(colony.leader.request('/colony-events/2', { method: 'DELETE' }));
    const events = injectedOf(await colony.listed(colony.leader));
    expect(events.map(({ before, after }) => [before, after])).toEqual([
      [2, 3],
      [undefined, undefined],
      [3, 4],
    ]);
    expect(injectedOf(await colony.listed(colony.leader, '?from=302'))).toMatchObject([
      { before: 3, after: 4 },
    ]);
  });

  it('are known again at once by the next leader', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'more', change(20, 30));
    await colony.cluster.untilDigest(100);
    colony.leader.kill();
    await colony.cluster.until(
      async () => (await colony.cluster.view(colony.standby)).phase === 'Ticking',
      'the standby to drive',
    );
    expect((await colony.cluster.view(colony.standby)).rules?.killChance).toBe(3);
  });
});
