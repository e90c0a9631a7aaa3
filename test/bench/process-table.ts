import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What Linux says of a process. */
export interface ProcessStat {
  pid: number;
  parent: number;
  /** All its threads, user and system, in ticks of the kernel's clock. */
  cpuTicks: number;
}

/** Reads the line of `/proc/PID/stat`; the name in brackets may hold anything. */
export function parseStat(line: string): ProcessStat {
  const pid = Number.parseInt(line, 10);
  // From the third field on: state, parent, …
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system] = [1, 11, 12].map((i) => Number(fields[i]));
  const all = [pid, parent, user, system];
  if (!all.every((value) => Number.isInteger(value)))
    throw new Error(`no stat of a process: ${line}`);
  return { pid, parent: parent as number, cpuTicks: (user as number) + (system as number) };
}

/** A process and all that it started, directly or not. */
export function familyOf(pid: number, table: readonly ProcessStat[]): ProcessStat[] {
  const own = table.filter((entry) => entry.pid === pid);
  const children = table.filter(({ parent }) => parent === pid);
  return [...own, ...children.flatMap((child) => familyOf(child.pid, table))];
}

/** The resident memory of `/proc/PID/status`, in bytes; 0 of a process that has none. */
export function parseResidentBytes(status: string): number {
  const [, kiB = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(kiB) * 1024;
}

const isLinux = process.platform === 'linux';
const readOrEmpty = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
};

let nsPerTick: number | undefined;

function clockTickNs(): number {
  nsPerTick ??= 1e9 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return nsPerTick;
}

/** CPU time of a process and all that it started, in nanoseconds; null where Linux does not say. */
export function familyCpuNs(pid: number): number | null {
  if (!isLinux) return null;
  const table = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readOrEmpty(`/proc/${name}/stat`))
    .filter((line) => line !== '')
    .map(parseStat);
  return familyOf(pid, table).reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) * clockTickNs();
}

/** Resident memory of a process in bytes; null where Linux does not say. */
export function residentBytes(pid: number): number | null {
  return isLinux ? parseResidentBytes(readOrEmpty(`/proc/${pid}/status`)) : null;
}
