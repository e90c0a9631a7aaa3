import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { ApiClient } from '../../services/cli/client/api-client.ts';
import type { ColonyView } from '../../services/protocol/api/public-api.ts';
import { colony, eventually, isAlive, type Launch } from './local-mode.fixture.ts';

/** A checkpoint after each second of ticking, at a pace that a busy machine has. */
export const OFTEN = ['--pace', '200', '--checkpoint-interval-seconds', '1'];

/** One line of a log. */
export interface Logged {
  level: string;
  /** ISO 8601. */
  time: string;
  msg: string;
  tick?: number;
  reason?: string;
  replayUntil?: number;
  tookMs?: number;
  stoodMs?: number;
}

/** What the processes of a role logged, each after the other, over all their lives. */
export function logged(dataDir: string, role: 'coordinator' | 'backend'): Logged[] {
  const folder = path.join(dataDir, 'logs');
  const files = readdirSync(folder).filter((file) => file.startsWith(role));
  const lines = files.flatMap((file) => readFileSync(path.join(folder, file), 'utf8').split('\n'));
  // One that was killed may have left half a line.
  return lines.filter((line) => /^\{.*\}$/.test(line)).map((line) => JSON.parse(line) as Logged);
}

/** Where worlds started again, in this order: ticks of checkpoints, or `genesis`. */
export const startedAgainFrom = (lines: readonly Logged[]): string[] =>
  lines.flatMap(({ msg }) => {
    return /^the world starts again from (?:the checkpoint of tick )?(\w+)$/.exec(msg)?.[1] ?? [];
  });

/** The tick of the last checkpoint that was taken before the world first started again. */
export function newestBeforeStart(lines: readonly Logged[]): number | undefined {
  const start = lines.findIndex(({ msg }) => msg.startsWith('the world starts again'));
  return lines.slice(0, start).findLast(({ msg }) => msg === 'checkpoint taken')?.tick;
}

/** Waits until the colony is as it should be; returns how it is then. While nobody answers it is not. */
export async function untilColony(
  client: ApiClient,
  what: string,
  isSo: (view: ColonyView) => boolean,
  timeoutMs = 120_000,
): Promise<ColonyView> {
  let view: ColonyView | undefined;
  const look = async () => {
    view = await client.colony().catch(() => undefined);
    return view !== undefined && isSo(view);
  };
  await eventually(what, look, timeoutMs);
  return view as ColonyView;
}

/** Waits for a checkpoint of a tick, or a later one; returns its tick. */
export async function untilCheckpoint(client: ApiClient, tick: number): Promise<number> {
  const isThere = ({ checkpoint }: ColonyView) => (checkpoint?.tick ?? -1) >= tick;
  const { checkpoint } = await untilColony(client, `a checkpoint of tick ${tick}`, isThere);
  return checkpoint?.tick ?? -1;
}

/** Waits until the processes of so many backends tick. */
export const untilAllTick = (client: ApiClient, count: number): Promise<ColonyView> =>
  untilColony(client, `${count} backends tick`, ({ phase, backends }) => {
    return phase === 'Ticking' && backends.filter(({ pid }) => pid !== null).length === count;
  });

/** Waits until the world has been computed to where it stood, and on. */
export const untilItTicks = (client: ApiClient, beyond: number): Promise<ColonyView> =>
  untilColony(client, `it ticks beyond ${beyond}`, ({ phase, tick, replay }) => {
    return phase === 'Ticking' && replay === null && (tick ?? 0) > beyond;
  });

/** Kills a whole launch at once: the launcher, and all that it started. */
export async function killEverything(launch: Launch): Promise<void> {
  const children = launch.children();
  launch.process.kill('SIGKILL');
  for (const { pid } of children) process.kill(pid, 'SIGKILL');
  await launch.ended;
  await eventually('all are dead', () => children.every(({ pid }) => !isAlive(pid)));
}

/** The files of the cells in a checkpoint. */
export function objectsOf(dataDir: string, tick: number): string[] {
  const root = path.join(dataDir, 'snapshots');
  const folder = `/${String(tick).padStart(10, '0')}/`;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.includes(folder) && file.endsWith('/0'))
    .map((file) => path.join(root, file));
}

/** Turns one bit in the middle of a file. */
export function damage(file: string): void {
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  writeFileSync(file, bytes);
}

/** Replays the colony beside it: all its stored digests are those of a world that nothing befell. */
export async function expectUndisturbed(client: ApiClient): Promise<void> {
  const { code, said } = await colony('verify', '--url', client.url);
  expect(said).toContain('bit-identical');
  expect(code).toBe(0);
}

/**
 * All worlds after the first one started where all had stood: at the tick of the checkpoint from which they
 * went on, and nobody had been beyond it. So no tick was computed twice.
 *
 * @returns these ticks.
 */
export function expectNoTickTwice(dataDir: string): number[] {
  const lines = logged(dataDir, 'coordinator');
  const stoodAt = startedAgainFrom(lines).map(Number);
  const begun = lines.filter(({ msg }) => msg === 'coordinator ticker started');
  expect(begun.map(({ replayUntil }) => replayUntil)).toEqual([0, ...stoodAt]);
  const backendLines = logged(dataDir, 'backend');
  const startedAt = backendLines.filter(({ msg }) => msg === 'Ticking starts.');
  expect(new Set(startedAt.map(({ tick }) => tick))).toEqual(new Set([0, ...stoodAt]));
  expect([...lines, ...backendLines].filter(({ level }) => /warn|error/.test(level))).toEqual([]);
  return stoodAt;
}
