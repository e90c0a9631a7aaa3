import { execFileSync, spawnSync } from 'node:child_process';

/**
 * The network of a namespace of its own, in which this process and all that it starts are alone: what slows it down
 * slows nobody else. It takes Linux and root.
 */

/** By what Linux delays packets, the best first; kernels have one, both or none. */
const QDISCS = [
  ['netem', 'delay', '40ms', '30ms', 'loss', '1%', 'rate', '20mbit'],
  ['tbf', 'rate', '4mbit', 'burst', '32k', 'latency', '400ms'],
] as const;

const tc = (...args: readonly string[]) => spawnSync('tc', args, { stdio: 'ignore' }).status === 0;
const MARK = 'COLONY_SOAK_NAMESPACE';

/**
 * Runs this program once more in a network of its own, and ends with its code; does nothing inside, and nothing where
 * there is none to be had.
 */
export function enterNetwork(): void {
  const { env, argv, execPath, platform } = process;
  if (platform !== 'linux' || env[MARK] !== undefined) return;
  if (spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status !== 0) return;
  const command = ['--net', execPath, 'scripts/run.mjs', ...argv.slice(1)];
  const { status } = spawnSync('unshare', command, {
    stdio: 'inherit',
    env: { ...env, [MARK]: '1' },
  });
  process.exit(status ?? 1);
}

/** What slows the network down: its name, undefined if nothing can. */
export function slowNetwork(): { name: string; slow(): void; restore(): void } | undefined {
  if (process.env[MARK] === undefined) return undefined;
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const restore = () => void tc('qdisc', 'del', 'dev', 'lo', 'root');
  const add = (qdisc: readonly string[]) => tc('qdisc', 'add', 'dev', 'lo', 'root', ...qdisc);
  const found = QDISCS.find(add);
  if (found === undefined) return undefined;
  restore();
  return { name: found.join(' '), slow: () => void add(found), restore };
}
