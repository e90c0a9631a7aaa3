import { beforeEach, describe, expect, test } from 'vitest';
import { confirmedRefusal } from '../../../../services/coordinator/control/confirmed-refusal.ts';
import type { ErrorCode } from '../../../../services/protocol/common/error-codes.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { steeredColony } from './run-control-fixture.ts';

describe('a refusal', () => {
  let colony: Awaited<ReturnType<typeof steeredColony>>;
  let asked: number;
  beforeEach(async () => {
    colony = await steeredColony();
    asked = 0;
  });

  const stopElsewhere = async () => colony.store.stop(await colony.items.read());
  const refused = (code: ErrorCode) =>
    confirmedRefusal(colony, async () => {
      asked++;
      throw new ColonyError(code, `refused ${asked}`);
    });

  test('stands where the record is as it was known', async () => {
    await expect(refused('COLONY_NOT_PAUSED')).rejects.toThrow('refused 1');
    expect(asked).toBe(1);
  });

  test('is decided once more by a record that another coordinator has changed', async () => {
    await stopElsewhere();
    await expect(refused('COLONY_NOT_PAUSED')).rejects.toThrow('refused 2');
    expect(colony.context.storedInfo().status).toBe('NotInitialized');
  });

  test('is none if it says that it does not work now', async () => {
    await stopElsewhere();
    await expect(refused('STORE_UNAVAILABLE')).rejects.toThrow('refused 1');
    expect(colony.context.storedInfo().status).toBe('TopographyInitialized');
  });

  test('of a step says that the colony is gone, if it was stopped at another coordinator', async () => {
    await stopElsewhere();
    await expect(colony.control.step({ key: 'A', ticks: 1 })).rejects.toMatchObject({
      code: 'COLONY_NOT_STARTED',
    });
  });
});
