import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import type {
  Activity,
  DriverEffect,
  DriverEvent,
  DriverState,
  Transition,
} from './driver-state.ts';

/**
 * What the driver does next: a pure function of its state and what happened. A start and a recovery
 * read from top to bottom:
 *
 *     begun ─ Releasing ─release─▶ released ─▶ release, again and again
 *     begun ─ Starting ─start─▶ startEnded: the record shows what came of it, in a scope of its own
 *     begun ─ Loading ─loadSpec─▶ specLoaded ─loadColony─▶ colonyLoaded
 *               │                  └ another engine ─▶ Refusing
 *               ├ Inspecting ─inspect─▶ inspected: all held ────────────┐
 *               ▼                           │ not held                  ▼
 *           Recovering ◀────────────────────┴──── backendLost ◀─tick─ Ticking
 *               └─recover─▶ recovered: the next topology ───────────────▲ │
 *           Moving ◀──────────────────────────── stoodStill ◀────────────┼─┘
 *               └─recover─▶ recovered ───────────────────────────────────┘
 *
 * An event that its phase does not expect is a bug: a plain Error.
 */

/** How long the leader waits between two looks for backends while no colony is there. */
const IDLE_LOOK_MS = 5_000;
/** … and while some still hold a stopped one. */
const STOPPING_RETRY_MS = 500;

const NOT_HELD = 'not all of its backends are there and hold it';

export function next(state: DriverState, event: DriverEvent): Transition {
  switch (event.kind) {
    case 'begun':
      return begun(state, event);
    case 'ended':
      return to(state, { phase: 'Waiting' });
    case 'progressed':
      return progressed(state, event.detail);
    default:
      return workedOn(state, event);
  }
}

/** A scope begins: what its status asks for. */
function begun(state: DriverState, event: DriverEvent & { kind: 'begun' }): Transition {
  switch (event.status) {
    case 'NotInitialized': {
      const isStopping = event.generation > 0;
      return to(state, { phase: 'Releasing', isStopping }, { kind: 'release', afterMs: 0 });
    }
    case 'Initializing':
      return to(state, { phase: 'Starting', detail: undefined }, { kind: 'start' });
    case 'TopographyInitialized': {
      // Only the leader completes a start, so what it was starting is what is started now.
      const justStarted = state.phase === 'Starting';
      return to(state, { phase: 'Loading', justStarted }, { kind: 'loadSpec' });
    }
  }
}

/** News of what an effect is doing; late news of one that has ended changes nothing. */
function progressed(state: DriverState, detail: string): Transition {
  const { phase } = state;
  const takesDetail = phase === 'Starting' || phase === 'Recovering' || phase === 'Moving';
  return { state: takesDetail ? { ...state, detail } : state, effects: [] };
}

type WorkEvent = Exclude<DriverEvent, { kind: 'begun' | 'ended' | 'progressed' }>;

/** What an effect of the present phase led to. */
function workedOn(state: DriverState, event: WorkEvent): Transition {
  switch (state.phase) {
    case 'Releasing':
      if (event.kind !== 'released') break;
      return {
        state: { phase: 'Releasing', isStopping: event.holding > 0, idleBackends: event.backends },
        effects: [
          { kind: 'release', afterMs: event.holding > 0 ? STOPPING_RETRY_MS : IDLE_LOOK_MS },
        ],
      };

    case 'Starting':
      if (event.kind !== 'startEnded') break;
      return { state, effects: [] };

    case 'Loading':
      if (event.kind === 'specLoaded') return specLoaded(state, event.stored);
      if (event.kind === 'colonyLoaded') return colonyLoaded(state, event);
      break;

    case 'Inspecting': {
      if (event.kind !== 'inspected') break;
      const { loaded } = state;
      return event.areAllHeld
        ? tick(state, loaded, true)
        : recover(
            state,
            { ...loaded, cause: NOT_HELD },
            loaded.topology.backends.length,
            undefined,
          );
    }

    case 'Recovering':
    case 'Moving':
      if (event.kind !== 'recovered') break;
      return tick(state, { ...state.loaded, topology: event.topology }, false);

    case 'Ticking': {
      const { loaded } = state;
      if (event.kind === 'backendLost') {
        const { backend, reason } = event.lost;
        const replayUntil = Math.max(loaded.replayUntil, event.maxTick);
        const wanted = loaded.topology.backends.length;
        const detail = `backend ${backend.id} is lost: ${reason}`;
        return recover(state, { ...loaded, replayUntil, cause: detail }, wanted, detail);
      }
      if (event.kind === 'stoodStill') {
        // Where the world has to start from an older state all the same, it is replayed to here.
        const replayUntil = Math.max(loaded.replayUntil, event.tick);
        const { stored } = loaded;
        return to(
          state,
          {
            phase: 'Moving',
            loaded: { ...loaded, replayUntil, cause: event.reason },
            detail: event.reason,
          },
          { kind: 'recover', stored, wantedBackends: 'any' },
        );
      }
      if (event.kind === 'violationFound') {
        const { tick: at, stored, measured } = event.violation;
        const code = 'DETERMINISM_VIOLATION';
        const reason = `digest of tick ${at}: ${stored} is stored, ${measured} was measured`;
        const { violation } = event;
        return { state, effects: [{ kind: 'recordFault', code, reason, violation }] };
      }
      if (event.kind === 'faultRecorded') return { state, effects: [] };
      break;
    }

    case 'Waiting':
    case 'Refusing':
      break;
  }
  throw unexpected(state, event.kind);
}

function specLoaded(
  state: DriverState,
  stored: (DriverEvent & { kind: 'specLoaded' })['stored'],
): Transition {
  const { engineVersion } = stored;
  if (engineVersion === ENGINE_VERSION) return { state, effects: [{ kind: 'loadColony', stored }] };
  const detail = `engine version ${engineVersion} started this colony, this coordinator has ${ENGINE_VERSION}: it refuses to resume it`;
  const code = 'ENGINE_VERSION_MISMATCH';
  return to(state, { phase: 'Refusing', detail }, { kind: 'refuse', code, detail });
}

function colonyLoaded(
  state: DriverState & { phase: 'Loading' },
  event: DriverEvent & { kind: 'colonyLoaded' },
): Transition {
  const { stored, topology, lastDigestTick, pausedAtTick } = event;
  // A former leader may have seen more, and it is gone: this is how far the colony came for sure.
  const replayUntil = Math.max(pausedAtTick, lastDigestTick);
  if (topology === undefined) {
    return recover(state, { stored, topology, replayUntil }, 1, undefined);
  }
  const loaded = { stored, topology, replayUntil };
  const { justStarted } = state;
  const effect = { kind: 'inspect', topology } as const;
  return to(state, { phase: 'Inspecting', loaded, justStarted }, effect);
}

/** All shards go onto living backends, under the next topology, and start from the newest origin. */
function recover(
  state: DriverState,
  loaded: (Activity & { phase: 'Recovering' })['loaded'],
  wantedBackends: number,
  detail: string | undefined,
): Transition {
  const { stored } = loaded;
  const effect = { kind: 'recover', stored, wantedBackends } as const;
  return to(state, { phase: 'Recovering', loaded, detail }, effect);
}

function tick(
  state: DriverState,
  loaded: (Activity & { phase: 'Ticking' })['loaded'],
  isHeld: boolean,
): Transition {
  const { stored, topology, replayUntil } = loaded;
  const effect = { kind: 'tick', stored, topology, replayUntil, isHeld } as const;
  return to(state, { phase: 'Ticking', loaded }, effect);
}

const to = (
  { idleBackends }: DriverState,
  activity: Activity,
  ...effects: DriverEffect[]
): Transition => ({ state: { ...activity, idleBackends }, effects });

const unexpected = ({ phase }: DriverState, kind: DriverEvent['kind']): Error =>
  new Error(`the event ${kind} in phase ${phase}`);
