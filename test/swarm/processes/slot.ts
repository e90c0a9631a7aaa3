import type { BackendStatus } from '../../../services/protocol/wire/rpc.ts';
import type { Victim } from '../faults/fault-kind.ts';
import type { ProcessClock } from '../time/process-clock.ts';
import type { Boot } from './boot.ts';

/** A process as it runs: one boot of a slot. */
export interface Running {
  boot: Boot;
  clock: ProcessClock;
  /** As SIGTERM does; resolves once it has ended by itself. */
  end(): Promise<void>;
  /** What a backend says of itself, without asking it by a call. */
  status?: () => BackendStatus;
}

/** A place for a process, which is started again whenever it ends. */
export class Slot implements Victim {
  readonly name: string;
  readonly role: 'coordinator' | 'backend';
  origin: string;
  boots = 0;
  running: Running | undefined;
  /** Whether it is to run at all. */
  isWanted = true;
  isEnding = false;
  isStarting = false;
  hasWrongBuild = false;

  constructor(name: string, role: 'coordinator' | 'backend', origin: string) {
    this.name = name;
    this.role = role;
    this.origin = origin;
  }

  get isAlive(): boolean {
    return this.running !== undefined && !this.running.boot.isDead;
  }
}
