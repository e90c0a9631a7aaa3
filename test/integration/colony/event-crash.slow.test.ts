import { afterEach, describe, expect, it } from 'vitest';
import { EVENT_STAGES } from '../../../services/coordinator/term/stages.ts';
import { injectEvent } from '../../simulation/colony-requests.ts';
import { EventfulColony, injectedOf } from './eventful-colony.ts';

let colony: EventfulColony;
afterEach(() => colony.cluster.close());

describe('kill -9 of the leader while it takes an event', () => {
  const points = EVENT_STAGES.flatMap((stage) => [
    `before:${stage}` as const,
    `after:${stage}` as const,
  ]);

  it.each(points)('%s: a repeated request finds it or makes it, once', async (dieAt) => {
    colony = await EventfulColony.start({ dieAt });
    const request = { kind: 'extinction', draw: 1 };
    void injectEvent(colony.leader, 'once', request).catch(() => {});
    await colony.cluster.until(async () => {
      const { leader: leads } = await colony.cluster.store.read();
      return leads?.id === colony.standby.entry.bootId;
    }, 'the standby to lead');
    await colony.cluster.until(
      async () => (await colony.cluster.view(colony.standby)).phase === 'Ticking',
      'the standby to drive',
    );
    expect(await colony.inject(colony.standby, 'once', request)).toMatchObject({
      status: 200,
      body: { sequence: 1, kind: 'extinction' },
    });
    const events = injectedOf(await colony.expectReplayed(colony.standby, 400));
    expect(events).toHaveLength(1);
    expect(await colony.cluster.store.read()).toMatchObject({ eventSeq: 1, eventHead: 1 });
  });
});
