import { expect, test } from 'vitest';
import { OPERATION, PoolControl } from '../../../services/kernel/pool-control.ts';

const { fillMargin, step, writeGenesis } = OPERATION;

/** Takes and gives back tickets until there are none; what was done, and which one was the last. */
function workOff(control: PoolControl) {
  const done: [operation: number, block: number, tick: number][] = [];
  let lastAt = -1;
  for (let block = control.take(); block >= 0; block = control.take()) {
    done.push([control.operation, block, control.tick]);
    if (control.giveBack()) lastAt = done.length;
  }
  return { done, lastAt };
}

test('a batch is each of its operations on each block, one operation after the other', () => {
  const control = new PoolControl(3);
  for (const tick of [7, 2 ** 32 - 1]) {
    control.open({ operations: [fillMargin, step], tick });
    const expected = [fillMargin, step].flatMap((o) => [0, 1, 2].map((block) => [o, block, tick]));
    expect(workOff(control)).toEqual({ done: expected, lastAt: 6 });
  }
});

test('the second operation begins when every block has had the first', () => {
  const control = new PoolControl(2);
  control.open({ operations: [fillMargin, step], tick: 0 });
  const { opened } = control;
  expect([control.take(), control.take(), control.take()]).toEqual([0, 1, -1]);
  expect(control.giveBack()).toBe(false);
  expect(control.take()).toBe(-1);
  expect(control.opened).toBe(opened);
  expect(control.giveBack()).toBe(false);
  expect(control.opened).toBe(opened + 1);
  expect(control.take()).toBe(0);
});

test('without a batch there is nothing to take', () => {
  const control = new PoolControl(2);
  expect(control.take()).toBe(-1);
  control.open({ operations: [writeGenesis], tick: 0 });
  workOff(control);
  expect(control.take()).toBe(-1);
});

test('tickets go on beyond what 32 bits count', () => {
  const control = new PoolControl(3);
  const words = new Int32Array(control.buffer);
  const [LIMIT, TICKET, DONE] = [1, 32, 64];
  for (const word of [LIMIT, TICKET, DONE]) words[word] = 2 ** 31 - 2;
  for (const lap of [1, 2]) {
    control.open({ operations: [step], tick: lap });
    const expected = [0, 1, 2].map((block) => [step, block, lap]);
    expect(workOff(control)).toEqual({ done: expected, lastAt: 3 });
  }
});

test('it tells how many blocks are done', () => {
  const control = new PoolControl(3);
  expect(control.blocksDone).toBe(0);
  control.open({ operations: [writeGenesis], tick: 0 });
  const seen = [control.blocksDone];
  while (control.take() >= 0) {
    control.giveBack();
    seen.push(control.blocksDone);
  }
  expect(seen).toEqual([0, 1, 2, 3]);
});

test('the last of the blocks that others wait for is told', () => {
  const control = new PoolControl(3);
  for (const tick of [0, 1]) {
    control.open({ operations: [step], tick, awaited: 2 });
    expect([control.isLastAwaited(), control.isLastAwaited()]).toEqual([false, true]);
    workOff(control);
  }
});

test('a batch that is cut is over with the operation that is under way', () => {
  const control = new PoolControl(2);
  control.open({ operations: [fillMargin, step], tick: 0 });
  control.cut();
  expect(workOff(control)).toMatchObject({ lastAt: 2 });
  expect(control.isCut).toBe(true);
});

test('no thread sleeps while there is work, or at the end', () => {
  const control = new PoolControl(1);
  const { opened } = control;
  control.open({ operations: [step], tick: 0 });
  control.awaitOpening(opened, 0);
  control.end();
  expect(control.hasEnded).toBe(true);
  control.awaitOpening(opened + 1, 0);
});
