import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  familyCpuNs,
  familyOf,
  parseResidentBytes,
  parseStat,
  residentBytes,
} from '../../bench/process-table.ts';

const STAT =
  '4711 (node (odd) name) S 4242 4711 4242 34816 4711 4194304 9 0 0 0 1234 56 7 8 20 0 11 0 99 0 0';

test('CPU time is that of all threads, user and system, without that of dead children', () => {
  expect(parseStat(STAT)).toEqual({ pid: 4711, parent: 4242, cpuTicks: 1234 + 56 });
});

test('a line that is no stat is refused', () => {
  expect(() => parseStat('4711 (node) S')).toThrow('no stat of a process: 4711 (node) S');
});

test('a family is a process with all that it started, and no other', () => {
  const entry = (pid: number, parent: number) => ({ pid, parent, cpuTicks: pid });
  const table = [
    entry(1, 0),
    entry(10, 1),
    entry(11, 10),
    entry(12, 10),
    entry(13, 12),
    entry(20, 1),
  ];
  expect(familyOf(10, table).map(({ pid }) => pid)).toEqual([10, 11, 12, 13]);
});

test('of a process that has ended there is no family', () => {
  expect(familyOf(10, [{ pid: 1, parent: 0, cpuTicks: 5 }])).toEqual([]);
});

test('resident memory is given in bytes', () => {
  expect(parseResidentBytes('Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t  120 kB\n')).toBe(120 * 1024);
  expect(parseResidentBytes('Name:\tkthreadd\n')).toBe(0);
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('this very process and what it started have used CPU time and memory', async () => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)']);
    try {
      await once(child.stdout, 'data');
      const own = familyCpuNs(child.pid ?? 0) ?? 0;
      expect(own).toBeGreaterThan(0);
      expect(familyCpuNs(process.pid) ?? 0).toBeGreaterThan(own);
      expect(residentBytes(child.pid ?? 0) ?? 0).toBeGreaterThan(1_000_000);
    } finally {
      child.kill();
    }
  });
});

describe.runIf(process.platform !== 'linux')('elsewhere', () => {
  test('neither is known', () => {
    expect([familyCpuNs(process.pid), residentBytes(process.pid)]).toEqual([null, null]);
  });
});
