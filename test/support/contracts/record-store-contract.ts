import { expect, test } from 'vitest';
import type { RecordStore } from '../../../services/platform/record/record-store.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
} from '../../../services/protocol/record/colony-record.ts';

/** The record after another write; `mark` tells it from others of this revision. */
const next = (seen: ColonyRecord, mark: number): ColonyRecord => ({
  ...seen,
  revision: seen.revision + 1,
  horizon: mark,
});

/** What every RecordStore does. `create` gives one of a record that is not there yet. */
export function recordStoreContract(create: () => Promise<RecordStore>): void {
  test('the first write goes through once', async () => {
    const store = await create();
    const first = next(ABSENT_RECORD, 1);
    expect(await store.replace(ABSENT_RECORD, first)).toEqual({ ok: true, record: first });
    const again = await store.replace(ABSENT_RECORD, next(ABSENT_RECORD, 2));
    expect(again).toEqual({ ok: false, record: first });
    expect(await store.read()).toEqual(first);
  });

  test('a write goes through on the revision that is stored alone', async () => {
    const store = await create();
    const first = next(ABSENT_RECORD, 1);
    const second = next(first, 2);
    await store.replace(ABSENT_RECORD, first);
    expect(await store.replace(first, second)).toEqual({ ok: true, record: second });
    expect(await store.replace(first, next(first, 3))).toEqual({ ok: false, record: second });
    const ahead = next(second, 4);
    expect(await store.replace(ahead, next(ahead, 5))).toEqual({ ok: false, record: second });
    expect(await store.read()).toEqual(second);
  });

  test('a write on a record that is not there is refused', async () => {
    const store = await create();
    const first = next(ABSENT_RECORD, 1);
    expect(await store.replace(first, next(first, 2))).toEqual({
      ok: false,
      record: ABSENT_RECORD,
    });
    expect(await store.read()).toEqual(ABSENT_RECORD);
  });

  test.each([0, 1])(
    'of many writes on revision %i at a time one goes through',
    async (revision) => {
      const store = await create();
      const seen = revision === 0 ? ABSENT_RECORD : next(ABSENT_RECORD, 0);
      if (revision > 0) await store.replace(ABSENT_RECORD, seen);
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, i) => store.replace(seen, next(seen, i + 1))),
      );
      const [winner, ...others] = results.filter(({ ok }) => ok);
      expect(others).toEqual([]);
      expect(await store.read()).toEqual(winner?.record);
    },
  );
}
