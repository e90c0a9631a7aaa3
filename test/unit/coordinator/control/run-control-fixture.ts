import { RunControl } from '../../../../services/coordinator/control/run-control.ts';
import { Grants } from '../../../../services/coordinator/ticking/grants.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryRecordStore } from '../../../simulation/stores/memory-record-store.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { started } from '../../../support/colony-records.ts';
import { contextOf, grantsOptions, workOf } from '../fixtures.ts';
import { fakeTicker } from './fake-ticker.ts';

const progress = (maxTick: number) => ({
  maxTick,
  isKnown: true,
  ticksPerSecond: 60,
  achievedTicksPerSecond: 60,
});

/** A started colony whose leader has reserved 1,000 ticks and granted 60. */
export async function steeredColony() {
  const clock = new VirtualClock();
  const items = new MemoryRecordStore();
  const store = new MemoryRecords(items, clock);
  const { leader } = await started(store);
  await store.beat(leader!, { generation: 1, horizon: 1_000 });
  const context = contextOf(await store.read());
  const scope = workOf(context, clock);
  const record = { ...context.storedInfo(), horizon: 0 };
  const grants = new Grants(record, grantsOptions());
  grants.follow(['boot-0'], { ...record, topologyHorizon: 0 }, true);
  /** Grants to the one backend what it is time for, which it does not acknowledge. */
  const grant = (maxTick: number): number => {
    const horizon = grants.next(context.storedInfo(), progress(maxTick));
    grants.give('boot-0', horizon);
    return horizon;
  };
  grant(0);
  const state = { isDriving: true };
  const driver = {
    get driving() {
      if (!state.isDriving) return undefined;
      return { grants, scope, ticker: fakeTicker(grants, progress(0)) };
    },
  };
  const randomness = new SeededRandomness(1);
  const control = new RunControl({ store, context, driver, clock, randomness });
  return { state, items, store, clock, context, scope, grants, grant, control };
}
