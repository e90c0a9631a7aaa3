import { describe, expect, test } from 'vitest';
import {
  assertWorldFits,
  memoryProblem,
} from '../../../../services/coordinator/start/world-memory.ts';
import {
  PROTOCOL_VERSION,
  type RegistryEntry,
} from '../../../../services/protocol/wire/registry-entry.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { entryOf } from '../../../support/contracts/registry-contract.ts';

/** 17 bytes a cell: 1.7 GB. */
const WORLD = { width: 10_000, height: 10_000 };
const GB = 1_000_000_000;
const having = (...limits: (number | undefined)[]) =>
  limits.map((memoryLimitBytes) => (memoryLimitBytes === undefined ? {} : { memoryLimitBytes }));

describe('a world', () => {
  test('that needs more than all backends may use is refused with both figures', () => {
    expect(memoryProblem(WORLD, having(GB / 2, GB), 2)).toBe(
      'a world of 10000 x 10000 cells needs at least 1.7 GB of memory, 2 backends may use 1.5 GB',
    );
  });

  test('that needs exactly as much may be tried', () => {
    expect(memoryProblem(WORLD, having(0.7 * GB, GB), 2)).toBeUndefined();
  });

  test('may be tried while backends that are yet to come may have the memory', () => {
    expect(memoryProblem(WORLD, having(GB), 1)).toContain('1 backend may use 1.0 GB');
    expect(memoryProblem(WORLD, having(GB), 2)).toBeUndefined();
    expect(memoryProblem({ width: 65_536, height: 65_536 }, having(GB), 4)).toContain(
      '4 backends may use 4.0 GB',
    );
  });

  test('may be tried where no backend is known yet, or one does not say what it has', () => {
    expect(memoryProblem(WORLD, [], 4)).toBeUndefined();
    expect(memoryProblem(WORLD, having(1, undefined), 2)).toBeUndefined();
  });
});

describe('the registry', () => {
  const small: RegistryEntry = entryOf(0, {
    protocolVersion: PROTOCOL_VERSION,
    memoryLimitBytes: GB,
  });
  const look = (list: () => Promise<RegistryEntry[]>, spec = WORLD) => {
    const log = new MemoryLog();
    return assertWorldFits(spec, { registry: { list }, expectedBackends: 1, log });
  };

  test('tells what there is', async () => {
    await expect(look(async () => [small])).rejects.toMatchObject({ code: 'WORLD_TOO_LARGE' });
  });

  test('counts only so many as will be left, the smallest', async () => {
    const large = { ...small, memoryLimitBytes: 4 * GB };
    const log = new MemoryLog();
    const left = (atMost: number) =>
      assertWorldFits(WORLD, {
        ...{ registry: { list: async () => [large, small, small] }, log },
        ...{ expectedBackends: atMost, atMost },
      });
    await left(3);
    await expect(left(1)).rejects.toMatchObject({ code: 'WORLD_TOO_LARGE' });
  });

  test('is not asked for a world that fits into any backend', async () => {
    const list = () => Promise.reject(new Error('it was asked'));
    await look(list, { width: 2_000, height: 1_250 });
  });

  test('that does not answer keeps nobody from a start', async () => {
    await look(() => Promise.reject(new Error('it is away')));
  });

  test('may list backends of another protocol: they are not counted', async () => {
    await look(async () => [{ ...small, protocolVersion: 1 }]);
  });
});
