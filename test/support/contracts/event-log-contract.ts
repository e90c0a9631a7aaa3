import { expect, test } from 'vitest';
import type { EventLog } from '../../../services/platform/series/event-log.ts';
import { type LoggedEvent, requestHashOf } from '../../../services/protocol/colony/colony-event.ts';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import { drawEvent, EVENT_KINDS, type EventKind } from '../../../services/world/events/events.ts';

/** Some event of each kind in turn. */
export const eventOfSequence = (sequence: number, tick = 1_000 + sequence): LoggedEvent => ({
  sequence,
  tick,
  keyHash: requestHashOf(`key-${sequence}`),
  bodyHash: requestHashOf(`body-${sequence}`),
  event: drawEvent(EVENT_KINDS[sequence % EVENT_KINDS.length] as EventKind, (j) => mix(j), {
    width: 2_000,
    height: 1_250,
  }),
});

/** What every EventLog does. `create` gives one that is empty. */
export function eventLogContract(create: () => Promise<EventLog>): void {
  const filled = async (sequences: number[]) => {
    const log = await create();
    for (const sequence of sequences) await log.append('instance-1', eventOfSequence(sequence));
    return log;
  };

  test('an empty log lists nothing', async () => {
    expect(await (await create()).list('instance-1')).toEqual([]);
  });

  test('events of every kind come back as they went, by sequence', async () => {
    const log = await filled([3, 1, 1_000, 5, 4, 2]);
    const expected = [1, 2, 3, 4, 5, 1_000].map((sequence) => eventOfSequence(sequence));
    expect(await log.list('instance-1')).toEqual(expected);
  });

  test('a list begins at a sequence and ends at a limit', async () => {
    const log = await filled([1, 2, 3, 4, 5]);
    const list = async (options: { fromSequence?: number; limit?: number }) =>
      (await log.list('instance-1', options)).map(({ sequence }) => sequence);
    expect(await list({ fromSequence: 3 })).toEqual([3, 4, 5]);
    expect(await list({ fromSequence: 2, limit: 2 })).toEqual([2, 3]);
    expect(await list({ limit: 0 })).toEqual([]);
    expect(await list({ fromSequence: 6 })).toEqual([]);
  });

  test('the instances of a colony do not mix, even if one name begins with the other', async () => {
    const log = await filled([1]);
    await log.append('instance-10', eventOfSequence(2));
    expect(await log.list('instance-1')).toEqual([eventOfSequence(1)]);
    expect(await log.list('instance-10')).toEqual([eventOfSequence(2)]);
  });

  test('the first event of a sequence stays, and is the answer to all later ones', async () => {
    const log = await filled([1]);
    expect(await log.append('instance-1', eventOfSequence(1, 7))).toEqual(eventOfSequence(1));
    expect(await log.append('instance-1', eventOfSequence(1))).toEqual(eventOfSequence(1));
    expect(await log.list('instance-1')).toEqual([eventOfSequence(1)]);
  });
}
