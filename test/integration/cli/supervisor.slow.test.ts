import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Role } from '../../../services/local/managed-child.ts';
import { Supervisor } from '../../../services/local/supervisor.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

let folder = '';
let supervisor: Supervisor;
let lines: string[] = [];
let reports: string[] = [];

const supervisorOf = (clock: Clock) =>
  new Supervisor(clock, {
    onLine: (text) => lines.push(text),
    onKeepsFailing: (report) => reports.push(report),
  });

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'colony-supervisor-'));
  lines = [];
  reports = [];
  supervisor = supervisorOf(new SystemClock());
});
afterEach(async () => {
  await supervisor.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Each process appends to this what it has to say. */
const journal = () => {
  const text = readFileSync(path.join(folder, 'journal'), { encoding: 'utf8', flag: 'a+' });
  return text.split('\n').filter((line) => line !== '');
};

function add(
  role: Role,
  number: number,
  script: string,
  env: NodeJS.ProcessEnv = {},
  nodeFlags: string[] = [],
) {
  const file = path.join(folder, `${role}-${number}.mjs`);
  const say = `
import { appendFileSync } from 'node:fs';
const say = (text) => appendFileSync(${JSON.stringify(path.join(folder, 'journal'))}, text + '\\n');
`;
  writeFileSync(file, say + script);
  return supervisor.add({
    role,
    number,
    script: file,
    nodeFlags,
    env: { ...process.env, ...env },
    logFile: path.join(folder, `${role}-${number}.log`),
  });
}

const untilEqual = (read: () => unknown, value: unknown) =>
  vi.waitFor(() => expect(read()).toEqual(value), { timeout: 20_000, interval: 50 });

const polite = (name: string) => `
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => { say('${name} ends by ' + signal); process.exit(0); });
}
say('${name} is there');
setInterval(() => {}, 1000);
`;

test('a process gets its own options of Node', async () => {
  const script = `say(process.execArgv.join(' ')); setInterval(() => {}, 1000);`;
  add('backend', 1, script, {}, ['--max-semi-space-size=1']);
  await untilEqual(journal, ['--enable-source-maps --max-semi-space-size=1']);
});

test('a process that dies is started again, with the settings it has by then', async () => {
  const child = add('backend', 1, `say(process.env.SETTING); setInterval(() => {}, 1000);`, {
    SETTING: 'first',
  });
  await untilEqual(journal, ['first']);
  child.setEnv({ SETTING: 'second' });
  const pid = child.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  await untilEqual(journal, ['first', 'second']);
  expect(lines).toEqual([
    `backend 1 (pid ${pid}) was ended by SIGKILL, starting it again in 250 ms`,
  ]);
});

test('one that keeps failing is reported with the end of its log', async () => {
  add('coordinator', 2, `console.error('no disk left'); process.exit(3);`);
  await vi.waitFor(() => expect(reports).not.toEqual([]), { timeout: 20_000 });
  expect(lines).toHaveLength(3);
  expect(reports[0]).toContain('coordinator 2 keeps failing: it ended with code 3');
  expect(reports[0]).toContain('    no disk left');
});

test('all are ended role by role, backends without handing over', async () => {
  add('store', 1, polite('store'));
  add('backend', 1, polite('backend'));
  add('coordinator', 1, polite('coordinator'));
  await untilEqual(() => journal().length, 3);
  await supervisor.stop();
  expect(journal().slice(3)).toEqual([
    'coordinator ends by SIGTERM',
    'backend ends by SIGINT',
    'store ends by SIGTERM',
  ]);
  expect(lines).toEqual([]);
});

test('the roles that run are told in the order in which they are ended', async () => {
  expect(supervisor.running).toEqual([]);
  add('store', 1, polite('store'));
  add('coordinator', 1, polite('coordinator'));
  expect(supervisor.running).toEqual(['coordinator', 'store']);
  await untilEqual(() => journal().length, 2);
  await supervisor.stop();
  expect(supervisor.running).toEqual([]);
});

test('a role whose process has died does not run', async () => {
  supervisor = supervisorOf(new VirtualClock());
  add('store', 1, `process.exit(1);`);
  await untilEqual(() => lines.length, 1);
  expect(supervisor.running).toEqual([]);
});

test('a process that does not end by the deadline is killed', async () => {
  const clock = new VirtualClock();
  supervisor = supervisorOf(clock);
  const deaf = `process.on('SIGINT', () => say('deaf')); say('there'); setInterval(() => {}, 1000);`;
  const child = add('backend', 1, deaf);
  await untilEqual(journal, ['there']);
  const stopped = supervisor.stop(300);
  await untilEqual(journal, ['there', 'deaf']);
  expect(child.pid).toBeDefined();
  await clock.advance(300);
  await stopped;
  expect(child.pid).toBeUndefined();
});

test('one that is retired may hand over and is not started again, however it ends', async () => {
  const child = add(
    'backend',
    1,
    `process.on('SIGTERM', () => { say('hands over'); process.exit(7); });
say('there');
setInterval(() => {}, 1000);`,
  );
  await untilEqual(journal, ['there']);
  expect(await supervisor.retire(child)).toBe(true);
  expect(journal()).toEqual(['there', 'hands over']);
  expect(child.pid).toBeUndefined();
  expect({ lines, reports }).toEqual({ lines: [], reports: [] });
});

test('one that is retired and does not end within 30 s is killed', async () => {
  const clock = new VirtualClock();
  supervisor = supervisorOf(clock);
  const deaf = `process.on('SIGTERM', () => say('deaf')); say('there'); setInterval(() => {}, 1000);`;
  const child = add('backend', 1, deaf);
  await untilEqual(journal, ['there']);
  const retired = supervisor.retire(child);
  await untilEqual(journal, ['there', 'deaf']);
  await clock.advance(29_999);
  expect(child.pid).toBeDefined();
  await clock.advance(1);
  expect(await retired).toBe(false);
  expect(clock.pendingTimers).toBe(0);
});

test('one that is being retired ends with all others when all are told to', async () => {
  const slow = `process.on('SIGTERM', () => say('hands over'));
process.on('SIGINT', () => process.exit(0));
say('there');
setInterval(() => {}, 1000);`;
  const child = add('backend', 1, slow);
  await untilEqual(journal, ['there']);
  const retired = supervisor.retire(child);
  await untilEqual(journal, ['there', 'hands over']);
  await supervisor.stop();
  expect(await retired).toBe(true);
});

test('one that is retired while it waits to be started again stays away', async () => {
  const clock = new VirtualClock();
  supervisor = supervisorOf(clock);
  const child = add('backend', 1, `process.exit(1);`);
  await untilEqual(() => lines.length, 1);
  expect(await supervisor.retire(child)).toBe(true);
  await clock.advance(60_000);
  expect(child.pid).toBeUndefined();
});

test('a process that waits to be started again is not started after the end', async () => {
  const clock = new VirtualClock();
  supervisor = supervisorOf(clock);
  const child = add('backend', 1, `say('started'); process.exit(1);`);
  await untilEqual(() => lines.length, 1);
  expect(clock.pendingTimers).toBe(1);
  await supervisor.stop();
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(60_000);
  expect(child.pid).toBeUndefined();
});

test('what a process reports arrives', async () => {
  const received = await new Promise((resolve) => {
    const file = path.join(folder, 'talker.mjs');
    writeFileSync(file, `process.send({ type: 'ready', port: 7 }); setInterval(() => {}, 1000);`);
    const logFile = path.join(folder, 'talker.log');
    const plan = { role: 'store' as const, number: 1, script: file, env: process.env, logFile };
    supervisor.add(plan, { onMessage: resolve });
  });
  expect(received).toEqual({ type: 'ready', port: 7 });
});

test('the signal that ended a process is told', async () => {
  const ended = await new Promise((resolve) => {
    const file = path.join(folder, 'aborting.mjs');
    writeFileSync(file, 'process.abort();');
    const logFile = path.join(folder, 'aborting.log');
    const plan = { role: 'store' as const, number: 1, script: file, env: process.env, logFile };
    supervisor.add(plan, { onEnd: async (signal) => resolve(signal) });
  });
  expect(ended).toBe('SIGABRT');
});

/** A process that ends at once the first time, and stays the second time. */
function addEnding(onEnd: () => Promise<void>) {
  const file = path.join(folder, 'ending.mjs');
  const journalFile = JSON.stringify(path.join(folder, 'journal'));
  writeFileSync(
    file,
    `import { appendFileSync, readFileSync } from 'node:fs';
     const before = readFileSync(${journalFile}, { encoding: 'utf8', flag: 'a+' });
     appendFileSync(${journalFile}, 'process\\n');
     if (before === '') process.exit(1);
     setInterval(() => {}, 1000);`,
  );
  const logFile = path.join(folder, 'ending.log');
  const plan = { role: 'coordinator' as const, number: 1, script: file, env: process.env, logFile };
  return supervisor.add(plan, { onEnd });
}

test('a process is started again once what follows its end is done', async () => {
  addEnding(async () => {
    appendFileSync(path.join(folder, 'journal'), 'done\n');
  });
  await untilEqual(journal, ['process', 'done', 'process']);
});

test('a process is started again though what follows its end fails, or is never done', async () => {
  for (const onEnd of [() => Promise.reject(new Error('no')), () => new Promise<void>(() => {})]) {
    rmSync(path.join(folder, 'journal'), { force: true });
    const child = addEnding(onEnd);
    await untilEqual(journal, ['process', 'process']);
    await child.stop('SIGKILL');
  }
});
