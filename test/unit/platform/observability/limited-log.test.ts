import { beforeEach, expect, test } from 'vitest';
import { LimitedLog } from '../../../../services/platform/observability/limited-log.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

let clock: VirtualClock;
let written: MemoryLog;
let log: LimitedLog;
beforeEach(() => {
  clock = new VirtualClock();
  written = new MemoryLog();
  log = LimitedLog.over(written, clock, { burst: 3, windowMs: 1_000 });
});

const say = (times: number, message: string) => {
  for (let i = 0; i < times; i++) log.warn({ i }, message);
};
const summaries = () =>
  written.lines.filter(({ message }) => message === 'Lines like these were left out.');

test('what is said seldom is written as it is', async () => {
  for (let i = 0; i < 10; i++) {
    say(3, 'a');
    await clock.advance(1_001);
  }
  expect(written.messages()).toEqual(Array.from({ length: 30 }, () => 'a'));
});

test('what is said too often is left out, and counted at the end of the window', async () => {
  say(100, 'a');
  expect(written.lines.map(({ fields }) => fields['i'])).toEqual([0, 1, 2]);
  await clock.advance(1_001);
  expect(written.lines.slice(3)).toEqual([
    {
      level: 'warn',
      message: 'Lines like these were left out.',
      fields: { repeated: 'a', leftOut: 97 },
    },
  ]);
});

test('what goes on being said too often is written once a window, with its count', async () => {
  say(100, 'a');
  for (let i = 0; i < 5; i++) {
    await clock.advance(1_001);
    say(100, 'a');
  }
  expect(written.messages().filter((message) => message === 'a')).toHaveLength(3 + 5);
  expect(summaries().map(({ fields }) => fields['leftOut'])).toEqual([97, 99, 99, 99, 99]);
});

test('once it is said seldom again, it is written as at first', async () => {
  say(100, 'a');
  await clock.advance(3_000);
  say(3, 'a');
  expect(written.lines.slice(-3).map(({ fields }) => fields['i'])).toEqual([0, 1, 2]);
  await clock.advance(10_000);
  expect(summaries()).toHaveLength(1);
});

test('kinds are told apart by level and message, not by fields or by who says it', () => {
  const child = log.child({ of: 'child' });
  say(2, 'a');
  child.warn({}, 'a');
  child.warn({}, 'a');
  child.error({}, 'a');
  child.info({}, 'b');
  expect(written.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'warn a',
    'warn a',
    'warn a',
    'error a',
    'info b',
  ]);
  expect(written.lines[2]?.fields).toEqual({ of: 'child' });
});

test('lines for debugging are all written', () => {
  for (let i = 0; i < 50; i++) log.debug({}, 'a');
  expect(written.lines).toHaveLength(50);
});

test('before the process ends the counts are told, once', async () => {
  say(10, 'a');
  log.flush();
  expect(summaries().map(({ fields }) => fields['leftOut'])).toEqual([7]);
  log.flush();
  await clock.advance(5_000);
  expect(summaries()).toHaveLength(1);
});

test('kinds without number are bounded too', async () => {
  for (let i = 0; i < 100_000; i++) log.warn({}, `kind ${i}`);
  expect(written.lines).toHaveLength(1_000 - 1 + 3 + 1);
  await clock.advance(1_001);
  expect(summaries().at(-1)?.fields).toMatchObject({ repeated: 'various' });
});
