import { PEER_ERRORS } from './peer-error-codes.ts';
import { WATCH_ERRORS } from './watch-error-codes.ts';

/**
 * The table of all error codes. A code is stable: clients may switch on it. `status` is the HTTP status
 * of the answer, `title` says what went wrong in general, `remedy` what to do about it; what `lasts` has a cause
 * that somebody must mend, though its status is 503.
 * `docs/errors.md` is generated from here.
 */
export const ERRORS = {
  // Errors of clients of the public API.
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    title: 'The idempotency key is missing',
    remedy:
      'Make a key on the client (for example `date +%s`) and send it as ?idempotency_key=KEY or as the Idempotency-Key header. The server never makes one.',
  },
  IDEMPOTENCY_KEY_MALFORMED: {
    status: 400,
    title: 'The idempotency key is malformed',
    remedy: 'Use 1 to 255 printable ASCII characters.',
  },
  IDEMPOTENCY_KEY_CONFLICT: {
    status: 400,
    title: 'The Idempotency-Key header and the query parameter disagree',
    remedy: 'Send one of them, or the same value in both.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The idempotency key was used with another request',
    remedy: 'Repeat the request as it was first sent, or use a new key.',
  },
  COLONY_START_IN_PROGRESS: {
    status: 409,
    title: 'Colony start already in progress',
    remedy: 'Wait for the start in progress, or stop its instance first.',
  },
  COLONY_ALREADY_STARTED: {
    status: 409,
    title: 'Colony already started',
    remedy: 'Join the running colony, or stop its instance before starting another.',
  },
  IDEMPOTENCY_KEY_RETIRED: {
    status: 409,
    title: 'The idempotency key belongs to a colony that was stopped',
    remedy: 'Make a new key to start a new colony.',
  },
  COLONY_START_FAILED: {
    status: 503,
    lasts: true,
    title: 'The colony start failed',
    remedy: 'Read the detail, mend its cause, and start again: the same key may be used.',
  },
  COLONY_INSTANCE_MISMATCH: {
    status: 409,
    title: 'Another colony instance is there',
    remedy: 'Name the colonyInstanceId that GET /colony shows.',
  },
  COLONY_NOT_STARTED: {
    status: 409,
    title: 'No colony is started',
    remedy: 'Start one with POST /colony-start.',
  },
  COLONY_NOT_PAUSED: {
    status: 409,
    title: 'The colony is not paused',
    remedy: 'Pause it with POST /colony-pause before stepping.',
  },
  STEERING_BUSY: {
    status: 503,
    title: 'Too many requests to steer the colony wait for each other',
    remedy: 'Send it again in a moment; a step with the same key.',
  },
  COLONY_FAILED: {
    status: 409,
    title: 'The colony has failed and is kept for inspection',
    remedy: 'Read fault in GET /colony; copy the data that you want to keep, then stop the colony.',
  },
  EVENT_TICK_PASSED: {
    status: 409,
    title: 'The tick of the event may have been computed already',
    remedy: 'Use lowestTick of this answer or a later one, or leave the tick out.',
  },
  EVENT_TICK_TOO_FAR: {
    status: 409,
    title: 'The tick of the event is too far ahead',
    remedy: 'Use highestTick of this answer or an earlier one, or inject it later.',
  },
  EVENT_NOT_FOUND: {
    status: 404,
    title: 'No event was injected under this sequence',
    remedy:
      'Use the sequence of an injected event of GET /colony-events. Random events come anyway.',
  },
  EVENT_HAPPENED: {
    status: 409,
    title: 'The event has happened, or cannot be held back any more',
    remedy: 'Nothing: what may have been seen stays. Inject an event that makes up for it.',
  },
  EVENT_TICK_FULL: {
    status: 409,
    title: 'The tick has as many injected events as it takes',
    remedy: 'Use another tick.',
  },
  EVENT_LOG_FULL: {
    status: 409,
    title: 'The colony has had as many injected events as it takes',
    remedy: 'Start a new colony.',
  },
  EVENTS_PENDING: {
    status: 503,
    title: 'Too many injected events are not in the event log yet',
    remedy: 'Try again with the same key in a moment.',
  },
  TOPOLOGY_NOT_FOUND: {
    status: 404,
    title: 'There is no topology',
    remedy: 'Start a colony with POST /colony-start.',
  },
  ...WATCH_ERRORS,
  BAD_REQUEST: {
    status: 400,
    title: 'The request is not valid',
    remedy: 'Correct what the detail names; /docs describes every request.',
  },
  SPEC_INVALID: {
    status: 400,
    title: 'The colony spec is not valid',
    remedy: 'Correct the field that the detail names.',
  },
  WORLD_TOO_LARGE: {
    status: 400,
    title: 'The world does not fit into the memory of the backends',
    remedy:
      'Ask for a smaller world, or start more backends, on further machines if the memory of this one is used up.',
  },
  TILES_TOO_LARGE: {
    status: 400,
    title: 'The tiles are too many',
    remedy: 'Ask for fewer tiles at once, or a greater zoom.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The request body is too large',
    remedy: 'Send less; the detail gives the limit.',
  },
  BODY_INCOMPLETE: {
    status: 400,
    title: 'The request body did not come whole',
    remedy: 'Send it again, all of it.',
  },
  BODIES_BUSY: {
    status: 503,
    title: 'Too much is being received at once',
    remedy: 'Send it again in a moment, in one go.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request did not come whole in time',
    remedy: 'Send head and body without pauses.',
  },
  EXPECTATION_FAILED: {
    status: 417,
    title: 'The request expects something that is not done here',
    remedy: 'Leave the Expect header out, or send it as 100-continue.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The head of the request is too large',
    remedy: 'Send fewer and shorter headers.',
  },
  CONTENT_ENCODING_UNKNOWN: {
    status: 415,
    title: 'The request body is encoded in a way that is not understood',
    remedy: 'Send it as it is, without a Content-Encoding header.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is nothing at this address',
    remedy: '/docs lists every address.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The method is not allowed here',
    remedy: 'Use a method that the Allow header names.',
  },
  HOST_NOT_ALLOWED: {
    status: 421,
    title: 'The Host header names a host that is not served here',
    remedy: 'Use the printed address, or add the host to allowedHosts.',
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    title: 'The request comes from a foreign origin',
    remedy: 'Send it from the page that this server serves, or without a browser.',
  },
  NO_LEADER: {
    status: 503,
    title: 'No coordinator leads at the moment',
    remedy: 'Try again in a few seconds: another coordinator takes over after one lease.',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The colony record cannot be reached',
    remedy: 'Try again; nothing was changed, or the same key shows what was.',
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'This process is about to end',
    remedy: 'Try again in a second: another one answers then.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something failed that should not',
    remedy: 'Look for the request id in the log.',
  },
  ...PEER_ERRORS,
  // Errors that stop a colony or a process.
  ENGINE_VERSION_MISMATCH: {
    status: 409,
    title: 'The colony was started by another engine version',
    remedy: 'Run the version that started it, or stop the colony and start a new one.',
  },
  CHECKPOINT_UNREADABLE: {
    status: 503,
    title: 'A checkpoint cannot be read',
    remedy:
      'The one before it is used, at last the beginning of the world. The detail names what is missing, damaged, or written by a build or a Node that this one does not understand.',
  },
  DETERMINISM_VIOLATION: {
    status: 500,
    title: 'Two digests of the same tick differ',
    remedy: 'Keep the data and report it: this must never happen.',
  },
  NO_BACKENDS: {
    status: 503,
    lasts: true,
    title: 'No backend was found in time',
    remedy: 'Start backends of this colony name, or look why they do not register.',
  },
  BACKEND_FAILED: {
    status: 503,
    lasts: true,
    title: 'A backend could not be initialized',
    remedy: 'Look at the log of the backend that the detail names.',
  },
  BACKEND_UNREACHABLE: {
    status: 503,
    title: 'A backend does not answer',
    remedy:
      'It is retried; when it stays silent for COLONY_SUSPECT_MS, its shards are given to others.',
  },
  BACKEND_LOST: {
    status: 503,
    title: 'A backend is lost',
    remedy:
      'Its shards are given to others, and the world goes on. The detail says why; look at its log if it comes again.',
  },
  CONFIG_INVALID: {
    status: 500,
    title: 'The configuration is not valid',
    remedy: 'Correct the value that the detail names; docs/configuration.md lists all.',
  },
} as const satisfies Record<
  string,
  { status: number; lasts?: true; title: string; remedy: string }
>;

export type ErrorCode = keyof typeof ERRORS;

/** Whether the same request may well succeed a moment later. */
export const passesByItself = (code: ErrorCode): boolean =>
  [429, 503].includes(ERRORS[code].status) && !('lasts' in ERRORS[code]);
