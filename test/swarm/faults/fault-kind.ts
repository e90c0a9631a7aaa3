import type { Draws } from '../draw/draws.ts';
import type { CallFate } from '../network/swarm-network.ts';
import type { WriteFate } from '../network/wire-stream.ts';
import type { PortFate } from '../ports/faulty-port.ts';
import type { ClockFaults } from '../time/process-clock.ts';

/** How a process is born. */
export interface Birth {
  readonly role: 'coordinator' | 'backend';
  clock: ClockFaults;
  /** The share of its turns after which it waits for the processor, and for how long at most. */
  slowness: { share: number; mostMs: number };
  /** undefined: this build. Else another protocol version, or another engine. */
  wrongBuild?: 'protocol' | 'engine';
  /** Takes an address that another process of its role had before. */
  takesOldAddress?: boolean;
}

/** A process that a fault may strike. */
export interface Victim {
  readonly name: string;
  readonly role: 'coordinator' | 'backend';
  readonly origin: string;
}

/** Nothing takes effect; nobody is told that it did; each call takes seconds. */
export const IMPAIRMENTS = ['mute', 'deaf', 'slow'] as const;
export type Impairment = (typeof IMPAIRMENTS)[number];

/** What timed faults do to the processes of a run. */
export interface Stage {
  /** Those that run, in a fixed order. */
  alive(role?: Victim['role']): readonly Victim[];
  kill(victim: Victim): void;
  /** As SIGTERM: it ends by itself, or is killed a while later. */
  end(victim: Victim): void;
  pause(victim: Victim, durationMs: number): void;
  /** It answers nothing from now on, for good; another one is started elsewhere. */
  hang(victim: Victim): void;
  /** Nothing gets through from these to those. */
  cut(from: readonly Victim[], to: readonly Victim[], durationMs: number): void;
  /** How these reach a store is impaired. */
  impairStore(
    from: readonly Victim[],
    ports: readonly string[],
    how: Impairment,
    durationMs: number,
  ): void;
  /** Its entry of the registry is gone. */
  loseEntry(victim: Victim): void;
  jumpClock(victim: Victim, skewMs: number): void;
}

/** The least and the greatest rate that a run may draw for a kind of fault. */
type RateRange = readonly [least: number, most: number];

interface Kind<S extends string> {
  /** Unique, as tables and options have it. */
  readonly name: string;
  /** Where it strikes. */
  readonly seam: S;
  readonly rate: RateRange;
}

/** Strikes calls; the rate is a share of them. */
export interface CallFault extends Kind<'call'> {
  strike(fate: CallFate, draws: Draws): void;
}
/** Strikes writes on streams; the rate is a share of them. */
export interface StreamFault extends Kind<'stream'> {
  strike(fate: WriteFate, draws: Draws, bytes: number): void;
}
/** Strikes calls of stores; the rate is a share of them. */
export interface PortFault extends Kind<'port'> {
  /** Which ports it strikes. */
  readonly ports: readonly string[];
  /** Only these methods. @default all */
  readonly methods?: readonly string[];
  strike(fate: PortFate, draws: Draws): void;
}
/** Strikes a process at one of its awaits; the rate is a share of them. */
export interface PointFault extends Kind<'point'> {
  strike(stage: Stage, victim: Victim): void;
}
/** Strikes from time to time; the rate is a number per minute. */
export interface TimedFault extends Kind<'timed'> {
  strike(stage: Stage, draws: Draws): void;
}
/** Strikes a process when it is started; the rate is a share of starts. */
export interface BirthFault extends Kind<'birth'> {
  strike(birth: Birth, draws: Draws): void;
}

export type FaultKind = CallFault | StreamFault | PortFault | PointFault | TimedFault | BirthFault;

/** Some of the victims, at least one and at most so many. */
export function someOf<T>(victims: readonly T[], draws: Draws, most = victims.length): T[] {
  const left = [...victims];
  const count = Math.min(left.length, draws.whole(1, Math.max(1, most)));
  return Array.from({ length: count }, () =>
    left.splice(draws.whole(0, left.length - 1), 1),
  ).flat();
}
