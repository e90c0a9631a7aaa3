import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPinoLog } from '../../../../services/platform/observability/pino-log.ts';
import { createServiceLog } from '../../../../services/platform/observability/service-log.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colony-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a line has an ISO time, the name of its level, the base and its own fields', () => {
  const file = join(folder, 'sub', 'backend.log');
  const log = createPinoLog({ level: 'info', file, fields: { service: 'backend' } });
  log.child({ bootId: 'b1' }).warn({ tick: 7 }, 'A halo is late.');
  const [line] = linesOf(file);
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: 'backend',
    bootId: 'b1',
    tick: 7,
    msg: 'A halo is late.',
  });
});

test('lines below the level are left out', () => {
  const file = join(folder, 'a.log');
  const log = createPinoLog({ level: 'warn', file });
  log.debug({}, 'no');
  log.info({}, 'no');
  log.error({ err: new Error('broken') }, 'yes');
  const lines = linesOf(file);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ msg: 'yes', err: { message: 'broken' } });
});

test('a log file is readable by its owner only', () => {
  const file = join(folder, 'a.log');
  createPinoLog({ level: 'info', file }).info({}, 'x');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('the log of a service says the same a bounded number of times, and at last how often', () => {
  const file = join(folder, 'a.log');
  const before = process.listeners('exit');
  const log = createServiceLog({
    config: { logLevel: 'info', logFile: file },
    fields: { service: 'backend', id: 'b1' },
    clock: new VirtualClock(),
  });
  for (let i = 0; i < 100_000; i++) log.child({ i }).warn({}, 'A call was refused.');
  log.info({}, 'Something else.');
  const [atExit] = process.listeners('exit').filter((listener) => !before.includes(listener));
  process.off('exit', atExit as NodeJS.ExitListener);
  atExit?.(0);
  const lines = linesOf(file);
  expect(lines.map(({ msg }) => msg)).toEqual([
    ...Array.from({ length: 10 }, () => 'A call was refused.'),
    'Something else.',
    'Lines like these were left out.',
  ]);
  expect(lines.at(-1)).toMatchObject({
    ...{ level: 'warn', service: 'backend', id: 'b1' },
    ...{ repeated: 'A call was refused.', leftOut: 99_990 },
  });
});

test('the memory log keeps lines of parents and children in order', () => {
  const log = new MemoryLog();
  const child = log.child({ a: 1 }).child({ b: 2 });
  log.info({}, 'first');
  child.error({ b: 3 }, 'second');
  expect(log.lines).toEqual([
    { level: 'info', message: 'first', fields: {} },
    { level: 'error', message: 'second', fields: { a: 1, b: 3 } },
  ]);
  expect(log.messages('error')).toEqual(['second']);
});
