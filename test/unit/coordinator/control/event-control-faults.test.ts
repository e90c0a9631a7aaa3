import { beforeEach, describe, expect, test } from 'vitest';
import { EventControl } from '../../../../services/coordinator/control/event-control.ts';
import { EventKeeper } from '../../../../services/coordinator/events/event-keeper.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { Grants } from '../../../../services/coordinator/ticking/grants.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryEventLog } from '../../../simulation/stores/memory-event-log.ts';
import { MemoryRecordStore } from '../../../simulation/stores/memory-record-store.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { started } from '../../../support/colony-records.ts';
import { contextOf, during, grantsOptions, STORED, workOf } from '../fixtures.ts';
import { fakeTicker } from './fake-ticker.ts';

const PROGRESS = { maxTick: 0, isKnown: true, ticksPerSecond: 60, achievedTicksPerSecond: 60 };

describe('event control', () => {
  let clock: VirtualClock;
  let items: MemoryRecordStore;
  let store: MemoryRecords;
  let context: CoordinatorContext;
  let grants: Grants;
  let control: EventControl;
  /** Called whenever the control asks for the colony, after it has looked at the record. */
  let asked: () => void;

  const inject = (tick?: number) =>
    control.inject({ key: 'A', request: { kind: 'newTopography', tick } });

  /** A started colony whose leader has reserved 10 ticks, and told one backend to run so far. */
  beforeEach(async () => {
    clock = new VirtualClock();
    items = new MemoryRecordStore();
    store = new MemoryRecords(items, clock);
    await started(store);
    context = contextOf(await store.read());
    const scope = workOf(context, clock);
    const events = new MemoryEventLog();
    const randomness = new SeededRandomness(1);
    const shared = { store, context, clock, randomness, hook: () => {} };
    const keeper = new EventKeeper({ ...shared, events, log: new MemoryLog() }, scope);
    grants = new Grants(context.storedInfo(), grantsOptions());
    grants.follow(['boot-0'], { ...context.storedInfo(), topologyHorizon: 0 }, true);
    grants.give('boot-0', 10);
    asked = () => {};
    const ticker = fakeTicker(grants, PROGRESS);
    const driver = {
      get driving() {
        asked();
        return { grants, keeper, scope, stored: STORED, ticker };
      },
    };
    control = new EventControl({ ...shared, driver, heartbeatIntervalMs: 250 });
  });

  test('answers the tick that is stored where an earlier attempt went through for another', async () => {
    const replace = items.replace.bind(items);
    let writes = 0;
    items.replace = async (...args) => {
      const written = await replace(...args);
      writes++;
      if (writes === 1) throw new Error('the answer is lost');
      // The write that settles it is refused once, for it starts from an old record, and then takes a while.
      if (writes === 3) await clock.sleep(200);
      return written;
    };
    await expect(inject()).rejects.toThrow('the answer is lost');
    // Less is granted meanwhile.
    grants.acknowledge('boot-0', { epoch: 1, number: 1, horizon: 5 });
    const { tick } = await during(clock, inject());
    expect((await store.read()).pendingEvents).toMatchObject([{ sequence: 1, tick }]);
  });

  test('does not lower a horizon that was raised, and granted, while an event beyond it was taken', async () => {
    await store.beat((await store.read()).leader!, { generation: 1, horizon: 700 });
    const raised = await store.read();
    let times = 0;
    asked = () => {
      times++;
      // The control takes the event now, by a record of before the beat.
      if (times !== 2) return;
      context.initializeWithStoredInfo(raised);
      grants.give('boot-0', 100);
    };
    await expect(inject(50)).rejects.toMatchObject({
      code: 'EVENT_TICK_PASSED',
      extra: { lowestTick: 101 },
    });
    expect(await store.read()).toMatchObject({ horizon: 700, eventSeq: 0 });
  });
});
