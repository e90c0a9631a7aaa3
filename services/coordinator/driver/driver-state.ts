import type { StoredSpec } from '../../protocol/colony/spec.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { LiveBackend } from '../layout/discovery.ts';
import type { Violation } from '../ticking/journal/journal-sink.ts';
import type { Lost } from '../ticking/tracked-backend.ts';

/**
 * What the driver is doing, as data: a phase with just what belongs to it, the events that move it
 * on, and the effects that the shell carries out. next.ts has the transitions.
 */

/** A started colony, as the leader took it up. */
interface Loaded {
  stored: StoredSpec;
  /** undefined: the record never pointed at one. */
  topology: Topology | undefined;
  /** Ticks below this were reached before; a replay runs through them as fast as it can. */
  replayUntil: number;
  /** Why its shards had to be given to others, at the last time; undefined if they never had. */
  cause?: string | undefined;
}

export type Activity =
  /** Nothing yet in this scope, or no term at all. */
  | { phase: 'Waiting' }
  /** No colony: backends that still hold a stopped one are told to forget it. */
  | { phase: 'Releasing'; isStopping: boolean }
  /** A colony was claimed: it is being initialised. */
  | { phase: 'Starting'; detail: string | undefined }
  /** A started colony is being read from the store; justStarted: this leader has started it. */
  | { phase: 'Loading'; justStarted: boolean }
  /** The backends are asked whether they still hold it. */
  | { phase: 'Inspecting'; loaded: Loaded & { topology: Topology }; justStarted: boolean }
  /** Its shards are brought back onto living backends. */
  | { phase: 'Recovering'; loaded: Loaded; detail: string | undefined }
  | { phase: 'Ticking'; loaded: Loaded & { topology: Topology } }
  /** All shards stand in the state of the newest checkpoint; they go to the backends that stay. */
  | { phase: 'Moving'; loaded: Loaded; detail: string | undefined }
  /** This build must not resume it. */
  | { phase: 'Refusing'; detail: string };

export type DriverState = Activity & {
  /** The backends that were there when no colony ran; shown while none is driven. */
  idleBackends: readonly LiveBackend[];
};

export const INITIAL_STATE: DriverState = { phase: 'Waiting', idleBackends: [] };

/**
 * Whether backends may still hold something of a colony that was stopped. Only to be asked while the
 * record has no colony: before the driver has noticed a stop, its state is that of the former colony.
 */
export const isReleasing = (state: DriverState): boolean =>
  state.phase === 'Releasing' ? state.isStopping : state.phase !== 'Waiting';

export type DriverEvent =
  /** A scope has begun: the record asks for what its status says. */
  | { kind: 'begun'; status: ColonyRecord['status']; generation: number }
  /** The term is over. */
  | { kind: 'ended' }
  /** Backends were looked for, and told to forget; so many did not. */
  | { kind: 'released'; backends: readonly LiveBackend[]; holding: number }
  /** An effect says what it is doing. */
  | { kind: 'progressed'; detail: string }
  | { kind: 'startEnded' }
  | { kind: 'specLoaded'; stored: StoredSpec }
  /** How far the colony came by what is stored: its last digest, and where it was paused. */
  | {
      kind: 'colonyLoaded';
      stored: StoredSpec;
      topology: Topology | undefined;
      lastDigestTick: number;
      pausedAtTick: number;
    }
  | { kind: 'inspected'; areAllHeld: boolean }
  | { kind: 'recovered'; topology: Topology }
  /** A backend is lost; some had come as far as maxTick. */
  | { kind: 'backendLost'; lost: Lost; maxTick: number }
  /** All shards stand, and the newest checkpoint is of that state. */
  | { kind: 'stoodStill'; tick: number; reason: string }
  | { kind: 'violationFound'; violation: Violation }
  | { kind: 'faultRecorded' };

export type DriverEffect =
  | { kind: 'release'; afterMs: number }
  | { kind: 'start' }
  | { kind: 'loadSpec' }
  | { kind: 'loadColony'; stored: StoredSpec }
  | { kind: 'inspect'; topology: Topology }
  /** @param wantedBackends are waited for a while. */
  | { kind: 'recover'; stored: StoredSpec; wantedBackends: number | 'any' }
  /** @param isHeld the backends hold it since before: they may be anywhere up to what was granted. */
  | { kind: 'tick'; stored: StoredSpec; topology: Topology; replayUntil: number; isHeld: boolean }
  | { kind: 'recordFault'; code: string; reason: string; violation: Violation }
  | { kind: 'refuse'; code: string; detail: string };

export interface Transition {
  state: DriverState;
  /** Carried out one after the other; those that follow a report beside the effect that reported. */
  effects: DriverEffect[];
}
