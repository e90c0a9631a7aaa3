import type { Input, Operation, Told } from './history.ts';

/** One answer of the public API. */
export interface Reply {
  status: number;
  body: unknown;
  /** How long it took, in milliseconds. */
  tookMs: number;
}

/** While the store does not answer for so long, looks show what was known: they promise nothing then. */
const PATIENCE_MS = 1_000;

/** Codes, and details of NO_LEADER, with which a request is refused before anything was tried. */
const NOTHING_DONE = ['SHUTTING_DOWN', 'STEERING_BUSY', 'BODIES_BUSY'];
const NOTHING_DONE_DETAILS = [
  'this coordinator was taken for the leader but is not',
  'this coordinator does not lead and knows of no leader',
  'this coordinator does not lead any more',
  'the leader has not taken up the started colony yet',
];

interface Body {
  code?: string;
  detail?: string;
  status?: string;
  colonyInstanceId?: string | null;
  generation?: number;
  lastFailure?: { generation: number } | null;
  paused?: boolean;
  effectiveTick?: number;
  runUntil?: number | null;
  tick?: number | null;
  sequence?: number;
}

type Listed = { sequence: number | null; tick: number; colour?: number };

/**
 * What each operation of the model was told by a reply.
 *
 * @returns `unknown` if nobody knows what came of it, `nothing` if it says nothing and changed nothing.
 */
export function toldBy(
  op: Operation,
  input: Input,
  reply: Reply,
): { op: Operation; answer: Told }[] | 'unknown' | 'nothing' {
  const body = reply.body as Body;
  const isLook = op === 'colony' || op === 'events';
  if (isLook && (reply.status !== 200 || reply.tookMs >= PATIENCE_MS)) return 'nothing';
  if (reply.status >= 500 && body.code !== 'INTERNAL') return toldByFailure(op, body);
  if (reply.status >= 400) {
    const { code = String(reply.status), colonyInstanceId } = body;
    return [{ op, answer: { code, ...(colonyInstanceId && { instance: colonyInstanceId }) } }];
  }
  if (op === 'colony') return toldByView(body);
  return [{ op, answer: toldOf(op, input, body) }];
}

function toldByFailure(op: Operation, body: Body): ReturnType<typeof toldBy> {
  const { code = '', detail = '', lastFailure } = body;
  if (code === 'COLONY_START_FAILED' && lastFailure) {
    return [{ op, answer: { code, failure: lastFailure.generation } }];
  }
  const isSure = code === 'NO_LEADER' && NOTHING_DONE_DETAILS.some((one) => detail.includes(one));
  return isSure || NOTHING_DONE.includes(code) ? 'nothing' : 'unknown';
}

function toldByView(view: Body): { op: Operation; answer: Told }[] {
  const { status = '', generation = 0, colonyInstanceId, lastFailure, paused, runUntil } = view;
  const instance = colonyInstanceId ?? '';
  const isStarted = status === 'TopographyInitialized';
  const colony: Told = {
    code: 'ok',
    ...{ status, generation, instance, failure: lastFailure?.generation ?? 0 },
    ...(isStarted && { paused: paused ?? false }),
    ...(isStarted && runUntil != null && { tick: runUntil }),
  };
  const { tick } = view;
  const looks: { op: Operation; answer: Told }[] = [{ op: 'colony', answer: colony }];
  // The leader tells the tick as it sees it, which may be at another moment than the record.
  if (isStarted && tick != null) looks.push({ op: 'tick', answer: { code: 'ok', instance, tick } });
  return looks;
}

function toldOf(op: Operation, input: Input, body: Body): Told {
  const instance = body.colonyInstanceId ?? '';
  switch (op) {
    case 'start':
      return { code: body.status ?? '', instance, generation: body.generation ?? 0 };
    case 'stop':
      return { code: 'ok', instance: input.instance ?? '' };
    case 'inject':
      return { code: 'ok', sequence: body.sequence ?? 0, tick: body.tick ?? 0 };
    case 'events':
      return { code: 'ok', events: injected(body as unknown as Listed[]) };
    default:
      return {
        code: 'ok',
        instance,
        paused: body.paused ?? false,
        tick: body.effectiveTick ?? 0,
      };
  }
}

/** The injected events by their sequence; each has a colour of its own. */
const injected = (listed: readonly Listed[]): { tick: number; body: string }[] =>
  listed
    .filter(({ sequence }) => sequence !== null)
    .sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0))
    .map(({ tick, colour }) => ({ tick, body: String(colour) }));
