import { describe, expect, test } from 'vitest';
import {
  type Failing,
  isStale,
  observeEntry,
  type Sight,
} from '../../../../services/coordinator/chores/stale-entry.ts';
import type { TaskState } from '../../../../services/platform/compute/compute.ts';

/** Whether an entry is stale after looks 10 s apart. */
function staleAfter(sights: Sight[], task?: TaskState): boolean {
  let failing: Failing | undefined;
  for (const [index, sight] of sights.entries()) {
    failing = observeEntry(failing, sight, index * 10_000);
  }
  return failing !== undefined && isStale(failing, task, (sights.length - 1) * 10_000);
}

const times = (count: number, sight: Sight): Sight[] => Array.from({ length: count }, () => sight);

describe('an entry without a task', () => {
  test('is stale when its process is gone for a minute', () => {
    expect(staleAfter(times(6, 'gone'))).toBe(false);
    expect(staleAfter(times(7, 'gone'))).toBe(true);
  });

  test('is stale when its process is silent for ten minutes', () => {
    expect(staleAfter(times(60, 'silent'))).toBe(false);
    expect(staleAfter(times(61, 'silent'))).toBe(true);
  });

  test('is not stale when its process was alive in between', () => {
    expect(staleAfter([...times(60, 'silent'), 'alive', 'silent'])).toBe(false);
    expect(staleAfter([...times(6, 'gone'), 'alive', 'gone'])).toBe(false);
  });

  test('is gone for as long as every look says so', () => {
    expect(staleAfter([...times(6, 'gone'), 'silent', 'gone'])).toBe(false);
  });
});

describe('an entry with a task', () => {
  test('is stale at once when that has stopped', () => {
    expect(staleAfter(['silent'], 'stopped')).toBe(true);
    expect(staleAfter(['gone'], 'stopped')).toBe(true);
  });

  test('is never stale while that is alive', () => {
    expect(staleAfter(times(1_000, 'gone'), 'alive')).toBe(false);
    expect(staleAfter(times(1_000, 'silent'), 'alive')).toBe(false);
  });

  test('is kept when its process answers, whatever is said of the task', () => {
    expect(staleAfter(['gone', 'alive'], 'stopped')).toBe(false);
  });
});
