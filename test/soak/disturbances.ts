import { setTimeout as sleep } from 'node:timers/promises';
import { killEverything } from '../cluster/checkpoints.fixture.ts';
import { isAlive, type Launch, signal } from '../cluster/local-mode.fixture.ts';
import type { SmallDisk } from '../cluster/small-disk.fixture.ts';
import type { SeededRandomness } from '../simulation/seeded-randomness.ts';
import type { slowNetwork } from './slow-network.ts';

/** What is disturbed. */
interface Disturbed {
  launch: Launch;
  /** The next launch on the same data folder and port. */
  again(): Promise<void>;
  /** undefined where none can be mounted. */
  disk: SmallDisk | undefined;
  network: ReturnType<typeof slowNetwork>;
  randomness: SeededRandomness;
}

/** Seconds that a process stands still, a disk is full or a network is slow: up to twice a lease. */
const LASTS_MAX_SECONDS = 16;

/** Does harm, and mends what does not mend itself; returns words about it. */
type Disturbance = (disturbed: Disturbed) => Promise<string>;

const lasting = async ({ randomness }: Disturbed): Promise<string> => {
  const seconds = 1 + randomness.fraction() * (LASTS_MAX_SECONDS - 1);
  await sleep(seconds * 1_000);
  return `for ${seconds.toFixed(1)} s`;
};

const signalled =
  (bundle: string, name: NodeJS.Signals): Disturbance =>
  async (disturbed) => {
    const pid = victim(disturbed, bundle);
    if (pid === undefined) return `no ${bundle} runs`;
    signal(pid, name);
    if (name !== 'SIGSTOP') return `pid ${pid}`;
    const words = await lasting(disturbed);
    // Whoever started it may have ended it meanwhile.
    if (isAlive(pid)) signal(pid, 'SIGCONT');
    return `pid ${pid}, ${words}`;
  };

/** By name; those that this machine does not allow are left out by `possible`. */
const DISTURBANCES: Record<string, Disturbance> = {
  'kill -9 of a backend': signalled('backend.js', 'SIGKILL'),
  'kill -9 of a coordinator': signalled('coordinator.js', 'SIGKILL'),
  'kill -9 of the store': signalled('store.child.js', 'SIGKILL'),
  'SIGTERM of a backend': signalled('backend.js', 'SIGTERM'),
  'SIGTERM of a coordinator': signalled('coordinator.js', 'SIGTERM'),
  'a backend stands still': signalled('backend.js', 'SIGSTOP'),
  'a coordinator stands still': signalled('coordinator.js', 'SIGSTOP'),
  'the store stands still': signalled('store.child.js', 'SIGSTOP'),
  'kill -9 of everything': async ({ launch, again }) => {
    await killEverything(launch);
    await again();
    return 'and the next launch';
  },
  'Ctrl-C': async ({ launch, again }) => {
    const { code } = await launch.interrupt();
    await again();
    return `ended with ${code}, and the next launch`;
  },
  'a full disk': async (disturbed) => {
    disturbed.disk?.fill();
    try {
      return await lasting(disturbed);
    } finally {
      disturbed.disk?.empty();
    }
  },
  'a slow network': async (disturbed) => {
    disturbed.network?.slow();
    try {
      return await lasting(disturbed);
    } finally {
      disturbed.network?.restore();
    }
  },
};

/** The names of what can be done here. */
export function possible({ disk, network }: Pick<Disturbed, 'disk' | 'network'>): string[] {
  return Object.keys(DISTURBANCES).filter((name) => {
    if (name === 'a full disk') return disk !== undefined;
    if (name === 'a slow network') return network !== undefined;
    return true;
  });
}

export function disturb(name: string, disturbed: Disturbed): Promise<string> {
  const disturbance = DISTURBANCES[name];
  if (disturbance === undefined) throw new Error(`there is no disturbance ${name}`);
  return disturbance(disturbed);
}

function victim({ launch, randomness }: Disturbed, bundle: string): number | undefined {
  const running = launch
    .children()
    .filter(({ command, pid }) => command.includes(bundle) && isAlive(pid));
  return running[Math.floor(randomness.fraction() * running.length)]?.pid;
}
