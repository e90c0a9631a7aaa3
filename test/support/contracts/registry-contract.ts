import { expect, test } from 'vitest';
import type { Registry } from '../../../services/platform/registry/registry.ts';
import type { RegistryEntry } from '../../../services/protocol/wire/registry-entry.ts';

/** A valid entry; the number makes it another process. */
export const entryOf = (number: number, change: Partial<RegistryEntry> = {}): RegistryEntry => ({
  id: `process-${number}`,
  bootId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  address: '127.0.0.1',
  rpcPort: 9_000 + number,
  httpPort: 9_500 + number,
  startedAt: '2026-01-01T00:00:00.000Z',
  version: '0.1.0',
  protocolVersion: 1,
  ...change,
});

const byBootId = (entries: RegistryEntry[]) =>
  [...entries].sort((a, b) => (a.bootId < b.bootId ? -1 : 1));

/** What every Registry does. `create` gives one that is empty. */
export function registryContract(create: () => Promise<Registry>): void {
  test('an empty registry lists nothing and knows no leader', async () => {
    const registry = await create();
    expect(await registry.list('backends')).toEqual([]);
    expect(await registry.list('coordinators')).toEqual([]);
    expect(await registry.leader()).toBeUndefined();
  });

  test('entries are listed under their role only', async () => {
    const registry = await create();
    await registry.put('backends', entryOf(1, { taskArn: 'arn:aws:ecs:task/1' }));
    await registry.put('coordinators', entryOf(2));
    expect(await registry.list('backends')).toEqual([
      entryOf(1, { taskArn: 'arn:aws:ecs:task/1' }),
    ]);
    expect(await registry.list('coordinators')).toEqual([entryOf(2)]);
  });

  test('more entries than fit on one page are all listed', async () => {
    const registry = await create();
    const entries = Array.from({ length: 37 }, (_, i) => entryOf(i));
    for (const entry of entries) await registry.put('backends', entry);
    expect(byBootId(await registry.list('backends'))).toEqual(entries);
  });

  test('an entry of the same process replaces the one before, another process has its own', async () => {
    const registry = await create();
    await registry.put('backends', entryOf(1));
    await registry.put('backends', entryOf(1, { rpcPort: 9_999 }));
    await registry.put('backends', entryOf(2, { id: 'process-1' }));
    expect(byBootId(await registry.list('backends'))).toEqual([
      entryOf(1, { rpcPort: 9_999 }),
      entryOf(2, { id: 'process-1' }),
    ]);
  });

  test('whether an entry is there can be asked for one alone', async () => {
    const registry = await create();
    await registry.put('backends', entryOf(1));
    expect(await registry.has('backends', entryOf(1).bootId)).toBe(true);
    expect(await registry.has('backends', entryOf(2).bootId)).toBe(false);
    expect(await registry.has('coordinators', entryOf(1).bootId)).toBe(false);
  });

  test('a removed entry is gone, and removing it again is fine', async () => {
    const registry = await create();
    await registry.put('backends', entryOf(1));
    await registry.put('backends', entryOf(2));
    await registry.remove('backends', entryOf(1).bootId);
    await registry.remove('backends', entryOf(1).bootId);
    expect(await registry.list('backends')).toEqual([entryOf(2)]);
  });

  test('the leader is the one that was put last, and is not among the coordinators', async () => {
    const registry = await create();
    await registry.putLeader(entryOf(1));
    await registry.putLeader(entryOf(2));
    expect(await registry.leader()).toEqual(entryOf(2));
    expect(await registry.list('coordinators')).toEqual([]);
  });

  test('a leader that goes takes its own entry with it, and no other', async () => {
    const registry = await create();
    await registry.removeLeader(entryOf(1).bootId);
    await registry.putLeader(entryOf(1));
    await registry.removeLeader(entryOf(2).bootId);
    expect(await registry.leader()).toEqual(entryOf(1));
    await registry.removeLeader(entryOf(1).bootId);
    expect(await registry.leader()).toBeUndefined();
  });
}

/** What every Registry of stored text does with text that is not its own. */
export function brokenEntriesContract(
  create: () => Promise<{
    registry: Registry;
    warnings: () => string[];
    /** Writes any text under a boot id, or as the leader's entry. */
    plant: (bootId: string | 'leader', text: string) => Promise<void>;
  }>,
  /** AWS has no empty parameter. */
  { hasEmptyTexts = true }: { hasEmptyTexts?: boolean } = {},
): void {
  test.each([
    ['not JSON', '{'],
    ...(hasEmptyTexts ? [['empty', '']] : []),
    ['without an address', JSON.stringify({ ...entryOf(7), address: undefined })],
    ['with a port that is none', JSON.stringify(entryOf(7, { rpcPort: 70_000 }))],
    ['of another boot id than its name', JSON.stringify(entryOf(8))],
  ])('an entry %s is skipped with one warning, however often it is listed', async (_name, text) => {
    const { registry, warnings, plant } = await create();
    await registry.put('backends', entryOf(1));
    await plant(entryOf(7).bootId, text);
    for (let i = 0; i < 3; i++) expect(await registry.list('backends')).toEqual([entryOf(1)]);
    expect(warnings()).toEqual(['A registry entry is not valid and is skipped.']);
    await plant(entryOf(7).bootId, `${text} `);
    await registry.list('backends');
    expect(warnings()).toHaveLength(2);
  });

  test('a broken entry of the leader is no leader', async () => {
    const { registry, warnings, plant } = await create();
    await plant('leader', '[]');
    expect(await registry.leader()).toBeUndefined();
    expect(warnings()).toHaveLength(1);
  });

  test('fields that a newer version added do no harm', async () => {
    const { registry, warnings, plant } = await create();
    await plant(entryOf(7).bootId, JSON.stringify({ ...entryOf(7), zone: 'a' }));
    expect(await registry.list('backends')).toEqual([entryOf(7)]);
    expect(warnings()).toEqual([]);
  });
}
