import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  planCapacity,
  type Shortage,
} from '../../../../services/coordinator/chores/capacity-plan.ts';
import type { ComputeChange, ServiceState } from '../../../../services/platform/compute/compute.ts';

/** A leader that looks every 10 s at capacity that does what it is told, and places as it can. */
class Course {
  service: ServiceState;
  readonly changes: (ComputeChange & { atMs: number })[] = [];
  #shortage: Shortage | undefined;
  #awaySinceMs: number | undefined;
  #nowMs = 0;
  readonly #spotShare: number;

  constructor(service: Partial<ServiceState>, spotShare = 1) {
    this.service = { desired: 0, running: 0, pending: 0, spotShare: 1, ...service };
    this.#spotShare = spotShare;
  }

  /** Lets time pass with so many wanted; `happens` is what becomes of the tasks meanwhile. */
  pass(
    seconds: number,
    wanted: number,
    happens: Partial<ServiceState> = {},
    holdWorld = false,
  ): this {
    const endMs = this.#nowMs + seconds * 1000;
    for (; this.#nowMs < endMs; this.#nowMs += 10_000) {
      const { change, shortage, awaySinceMs } = planCapacity({
        service: this.service,
        wanted,
        spotShare: this.#spotShare,
        holdWorld,
        shortage: this.#shortage,
        awaySinceMs: this.#awaySinceMs,
        nowMs: this.#nowMs,
      });
      this.#shortage = shortage;
      this.#awaySinceMs = awaySinceMs;
      if (change !== undefined) this.changes.push({ ...change, atMs: this.#nowMs });
      this.service = { ...this.service, ...change, ...happens };
    }
    return this;
  }
}

describe('the plan of the capacity', () => {
  test('what is as it is wanted is left alone', () => {
    const course = new Course({ desired: 4, running: 4 }).pass(3600, 4, { running: 4 });
    expect(course.changes).toEqual([]);
  });

  test('backends that fell back to on demand are tried on Spot again after an hour, under the world', () => {
    const course = new Course({ desired: 4, running: 4, spotShare: 0 });
    course.pass(3_590, 4, { running: 4 }, true);
    expect(course.changes).toEqual([]);
    course.pass(600, 4, { running: 4 }, true);
    expect(course.changes).toEqual([{ desired: 4, spotShare: 1, atMs: 3_600_000 }]);
  });

  test('the hour counts only while all of them run', () => {
    const course = new Course({ desired: 4, running: 4, spotShare: 0 });
    course.pass(3_000, 4, { running: 4 }, true).pass(10, 4, { running: 3, pending: 1 }, true);
    course.pass(3_590, 4, { running: 4 }, true);
    expect(course.changes).toEqual([]);
  });

  test('another count is corrected at the first look, however it came about', () => {
    expect(new Course({ desired: 1 }).pass(10, 4).changes).toEqual([{ desired: 4, atMs: 0 }]);
    expect(new Course({ desired: 9, running: 9 }).pass(10, 4).changes).toEqual([
      { desired: 4, atMs: 0 },
    ]);
    expect(new Course({ desired: 4, running: 4 }).pass(10, 0).changes).toEqual([
      { desired: 0, atMs: 0 },
    ]);
  });

  test('Spot tasks that stay unplaced for two minutes are asked for on demand', () => {
    const course = new Course({}).pass(120, 4, { running: 1 });
    expect(course.changes).toEqual([{ desired: 4, atMs: 0 }]);
    course.pass(30, 4, { running: 1 });
    expect(course.changes.slice(1)).toEqual([{ desired: 4, spotShare: 0, atMs: 130_000 }]);
  });

  test('tasks that are placed and come up slowly are waited for', () => {
    const course = new Course({}).pass(900, 4, { running: 1, pending: 3 });
    expect(course.changes).toHaveLength(1);
  });

  test('as long as one comes after another, Spot is not given up', () => {
    const course = new Course({});
    for (let running = 0; running <= 8; running++) course.pass(100, 8, { running });
    expect(course.changes).toHaveLength(1);
  });

  test('a task that ECS tries to place again and again is no sign of capacity', () => {
    const course = new Course({}).pass(10, 4);
    for (let i = 0; i < 10; i++) {
      course.pass(10, 4, { running: 1, pending: 3 }).pass(10, 4, { running: 1, pending: 0 });
    }
    expect(course.changes.at(-1)).toMatchObject({ desired: 4, spotShare: 0 });
  });

  test('on demand stays for a while, and Spot comes back with the end of the colony', () => {
    const course = new Course({ desired: 4, running: 4, spotShare: 0 });
    course.pass(3000, 4, { running: 4 });
    expect(course.changes).toEqual([]);
    course.pass(60, 0, { running: 0 });
    expect(course.changes).toEqual([{ desired: 0, spotShare: 1, atMs: 3_000_000 }]);
  });

  test('a part on Spot falls back as a whole, and comes back as that part', () => {
    const course = new Course({ spotShare: 0.3 }, 0.3).pass(150, 4, { running: 2 });
    expect(course.changes.at(-1)).toMatchObject({ desired: 4, spotShare: 0 });
    course.pass(10, 0);
    expect(course.changes.at(-1)).toMatchObject({ desired: 0, spotShare: 0.3 });
  });

  test('backends that hold a world are not replaced, however long others do not come', () => {
    const course = new Course({ desired: 4, running: 4 });
    course.pass(7200, 4, { running: 3 }, true);
    expect(course.changes).toEqual([]);
  });

  test('backends that hold a world become more and fewer, and their share on Spot stays', () => {
    const course = new Course({ desired: 4, running: 4 });
    course.pass(60, 6, { running: 6 }, true).pass(60, 2, { running: 2 }, true);
    expect(course.changes).toEqual([
      { desired: 6, atMs: 0 },
      { desired: 2, atMs: 60_000 },
    ]);
  });

  test('further ones for which Spot has no room do not replace those that hold a world', () => {
    const course = new Course({ desired: 4, running: 4 });
    course.pass(7200, 6, { running: 4 }, true);
    expect(course.changes).toEqual([{ desired: 6, atMs: 0 }]);
  });

  test('when the last one of them is gone, all are asked for on demand at once', () => {
    const course = new Course({ desired: 4, running: 4 });
    course.pass(300, 4, { running: 1 }, true).pass(20, 4, { running: 0 }, true);
    expect(course.changes).toEqual([{ desired: 4, spotShare: 0, atMs: 310_000 }]);
  });

  test('a start that waits for backends holds nothing yet, and falls back', () => {
    const course = new Course({}).pass(150, 4, { running: 3 }, false);
    expect(course.changes.at(-1)).toMatchObject({ desired: 4, spotShare: 0 });
  });

  test('on-demand tasks that do not come are waited for: there is nothing to fall back on', () => {
    const course = new Course({ spotShare: 0 }).pass(3600, 4, { running: 0 });
    expect(course.changes).toEqual([{ desired: 4, atMs: 0 }]);
  });

  test('a service without a strategy never gets one', () => {
    const course = new Course({ spotShare: undefined }).pass(600, 4, { running: 0 }).pass(10, 0);
    expect(course.changes.map(({ spotShare }) => spotShare)).toEqual([undefined, undefined]);
  });

  test('whatever happens, looks end at what is wanted, and no change is made twice', () => {
    const happening = fc.record({
      seconds: fc.integer({ min: 1, max: 400 }),
      wanted: fc.constantFrom(0, 4),
      running: fc.integer({ min: 0, max: 4 }),
      pending: fc.integer({ min: 0, max: 4 }),
      holdWorld: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(happening, { minLength: 1 }), (happenings) => {
        const course = new Course({ desired: 1 });
        for (const { seconds, wanted, running, pending, holdWorld } of happenings) {
          course.pass(seconds, wanted, { running, pending }, holdWorld);
          expect(course.service.desired).toBe(wanted);
          if (wanted === 0) expect(course.service.spotShare).toBe(1);
        }
        const told = course.changes.map(({ atMs: _, ...change }) => JSON.stringify(change));
        for (const [index, change] of told.entries()) expect(change).not.toBe(told[index + 1]);
      }),
    );
  });
});
