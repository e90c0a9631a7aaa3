import { expect, test } from 'vitest';
import { LastContact } from '../../../../services/platform/process/last-contact.ts';
import type { RecordStore } from '../../../../services/platform/record/record-store.ts';
import { WatchedRecordStore } from '../../../../services/platform/record/watched-record-store.ts';
import { ABSENT_RECORD } from '../../../../services/protocol/record/colony-record.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

function watched(store: Partial<RecordStore>) {
  const contact = new LastContact(new VirtualClock());
  return { contact, store: new WatchedRecordStore(store as RecordStore, contact) };
}

test('a read that succeeds is a contact', async () => {
  const { contact, store } = watched({ read: async () => ABSENT_RECORD });
  expect(await store.read()).toBe(ABSENT_RECORD);
  expect(contact.silentMs).toBe(0);
});

test('a write that is refused is one too: the store has answered', async () => {
  const refused = { ok: false, record: ABSENT_RECORD };
  const { contact, store } = watched({ replace: async () => refused });
  expect(await store.replace(ABSENT_RECORD, ABSENT_RECORD)).toBe(refused);
  expect(contact.silentMs).toBe(0);
});

test('a call that fails is none, and its error is passed on', async () => {
  const { contact, store } = watched({
    read: async () => {
      throw new Error('AccessDenied');
    },
  });
  await expect(store.read()).rejects.toThrow('AccessDenied');
  expect(contact.silentMs).toBeUndefined();
});

test('a write is told with what became of it, a read is not', async () => {
  const outcomes: string[] = [];
  const answers = [{ ok: true }, { ok: false }];
  const store = new WatchedRecordStore(
    {
      read: async () => ABSENT_RECORD,
      replace: async () => {
        const answer = answers.shift();
        if (answer === undefined) throw new Error('AccessDenied');
        return { ...answer, record: ABSENT_RECORD };
      },
    },
    new LastContact(new VirtualClock()),
    (outcome) => outcomes.push(outcome),
  );
  await store.read();
  for (let i = 0; i < 2; i++) await store.replace(ABSENT_RECORD, ABSENT_RECORD);
  await expect(store.replace(ABSENT_RECORD, ABSENT_RECORD)).rejects.toThrow('AccessDenied');
  expect(outcomes).toEqual(['written', 'conflict', 'failed']);
});
