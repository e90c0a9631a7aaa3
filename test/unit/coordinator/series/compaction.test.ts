import { describe, expect, test } from 'vitest';
import {
  type CompactionStep,
  nextStep,
  type StoredSeries,
} from '../../../../services/coordinator/series/compaction.ts';
import {
  isCovered,
  levelFor,
  stayingOf,
} from '../../../../services/coordinator/series/levels-kept.ts';
import {
  levelsOf,
  segmentStart,
  segmentTicks,
} from '../../../../services/protocol/series/levels.ts';
import { STATISTICS_TABLE } from '../../../../services/protocol/series/tables.ts';

const TABLE = STATISTICS_TABLE;
const SEGMENT = segmentTicks(TABLE, 0);

/** What is stored, as steps change it; items are taken for one a segment. */
class FakeStores {
  kept: number[][] = Array.from({ length: levelsOf(TABLE) }, () => []);
  items: number[] = [];
  taken: string[] = [];

  get stored(): StoredSeries {
    const { kept, items } = this;
    return { kept, oldestItemTick: items[0], storedThroughTick: items.at(-1) ?? -1 };
  }

  add(tick: number): void {
    this.items.push(tick);
  }

  /** @param most takes no more steps than that */
  compact(most = Number.POSITIVE_INFINITY): void {
    for (let steps = 0; steps < most; steps++) {
      const step = nextStep(TABLE, this.stored);
      if (step === undefined) return;
      this.take(step);
    }
  }

  take(step: CompactionStep): void {
    this.taken.push(step.kind);
    if (step.kind === 'drop') this.items = this.items.filter((tick) => tick > step.throughTick);
    if (step.kind === 'pack' || step.kind === 'merge') {
      const { level, fromTick } = step.segment;
      this.kept[level] = [...(this.kept[level] ?? []), fromTick].sort((a, b) => a - b);
    }
    if (step.kind === 'retire') {
      for (const { level, fromTick } of step.segments) {
        this.kept[level] = this.kept[level]!.filter((one) => one !== fromTick);
      }
    }
  }
}

/** A life of so many segments of level 0, compacted at each. */
function lived(segments: number, firstSegment = 0): FakeStores {
  const stores = new FakeStores();
  for (let i = firstSegment; i <= segments; i++) {
    stores.add((i + 0.5) * SEGMENT);
    stores.compact();
  }
  return stores;
}

describe('a compaction', () => {
  test('leaves items alone until rows come after the last of a segment', () => {
    const stores = new FakeStores();
    stores.add(0);
    stores.add(SEGMENT);
    stores.compact();
    expect(stores.taken).toEqual([]);
    stores.add(SEGMENT + 20);
    stores.compact();
    expect(stores.taken).toEqual(['pack', 'drop']);
    expect(stores.kept[0]).toEqual([0]);
    expect(stores.items).toEqual([SEGMENT + 20]);
  });

  test('has nothing to do where nothing is stored', () => {
    expect(new FakeStores().stored.oldestItemTick).toBeUndefined();
    expect(nextStep(TABLE, new FakeStores().stored)).toBeUndefined();
  });

  test('makes a segment of four of the level below, as soon as they are whole', () => {
    const stores = lived(4);
    expect(stores.kept.slice(0, 2)).toEqual([[0, 1, 2, 3].map((i) => i * SEGMENT), [0]]);
    expect(lived(3).kept[1]).toEqual([]);
  });

  test('removes items that come late, of rows that are in segments', () => {
    const stores = lived(6);
    stores.items.unshift(100);
    stores.taken = [];
    stores.compact();
    expect(stores.taken).toEqual(['drop']);
    expect(stores.items).toEqual([6.5 * SEGMENT]);
  });

  test('removes a segment that comes late, of rows that are in coarser ones', () => {
    const stores = lived(40);
    const { kept } = structuredClone({ kept: stores.kept });
    stores.kept[0]!.unshift(0);
    stores.compact();
    expect(stores.kept).toEqual(kept);
  });

  test('finishes what was begun, wherever it ended', () => {
    const expected = lived(90).kept;
    for (let most = 1; most < 12; most++) {
      const stores = new FakeStores();
      for (let i = 0; i <= 90; i++) {
        stores.add((i + 0.5) * SEGMENT);
        // A leader is lost after so many steps.
        stores.compact(i % most);
      }
      stores.compact();
      expect(stores.kept, `at most ${most} steps`).toEqual(expected);
    }
  });

  test('begins where rows begin: a folder may be older than they are', () => {
    const stores = lived(105, 101);
    expect(stores.kept[0]).toEqual([101, 102, 103, 104].map((i) => i * SEGMENT));
    expect(stores.kept[1]).toEqual([100 * SEGMENT]);
    const range = { from: 100 * SEGMENT, to: 105 * SEGMENT, points: 10_000 };
    expect(levelFor(TABLE, stores.kept, range)).toBe(0);
  });
});

describe('what is kept of a life of 5,000 segments', () => {
  const { kept } = lived(5_000);
  const life = 5_000 * SEGMENT;

  test('is at most 16 segments of each level', () => {
    for (const segments of kept) expect(segments.length).toBeLessThanOrEqual(16);
    expect(kept[0]!.length).toBeGreaterThan(12);
    expect(kept.flat().length).toBeLessThan(90);
  });

  test('has every tick in some level', () => {
    for (let i = 0; i < 5_000; i += 7) {
      expect(isCovered(TABLE, kept, { level: 0, fromTick: i * SEGMENT })).toBe(true);
    }
  });

  test('answers the newest ticks in the finest level, and older ones in coarser', () => {
    const levelAt = (from: number) =>
      levelFor(TABLE, kept, { from, to: from + 20, points: 10_000 });
    expect(levelAt(life - 5 * SEGMENT)).toBe(0);
    expect(levelAt(life - 30 * SEGMENT)).toBe(1);
    expect(levelAt(life - 100 * SEGMENT)).toBe(2);
    const levels = Array.from({ length: 100 }, (_, i) => levelAt((i * life) / 100));
    expect([...levels].sort((a, b) => b - a)).toEqual(levels);
  });

  test('answers as many points as are asked for, in coarser levels', () => {
    const levelOf = (points: number) => levelFor(TABLE, kept, { from: 0, to: life, points });
    expect(levelOf(10_000)).toBe(5);
    expect(levelOf(1_000)).toBe(7);
    expect(levelOf(10)).toBeGreaterThan(8);
    // That of tick 0 is in all levels.
    expect(levelOf(1)).toBe(12);
  });

  test('is said to be no more than what surely stays, while it leaves', () => {
    const leaving = structuredClone(kept);
    leaving[0] = [leaving[0]![0]! - 2 * SEGMENT, leaving[0]![0]! - SEGMENT, ...leaving[0]!];
    expect(stayingOf(TABLE, leaving)[0]).toEqual(kept[0]);
  });
});

test('the segment of a tick is that of the rows after its first', () => {
  expect(segmentStart(TABLE, 0, 5_000.5 * SEGMENT)).toBe(5_000 * SEGMENT);
});
