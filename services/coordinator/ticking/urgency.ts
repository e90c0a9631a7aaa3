import { SAMPLES_MAX } from '../../protocol/colony/sampling.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { HeartbeatReply } from '../../protocol/wire/rpc.ts';
import type { Checkpointer } from '../checkpoints/checkpointer.ts';
import type { EventBook } from '../events/event-book.ts';
import type { Grants } from './grants.ts';
import type { Progress } from './horizon.ts';

/** What is granted, and what backends are to know. */
interface Driven {
  grants: Pick<Grants, 'next'>;
  book: Pick<EventBook, 'through' | 'handOver'>;
  checkpoints?: Pick<Checkpointer, 'isUrgent'> | undefined;
}

/** What is so when a heartbeat has been answered. */
interface Now {
  /** What it has granted. */
  horizon: number;
  /** The backend waits until its samples are durable, and none has become so: it would tell the same again. */
  isStalled: boolean;
  record: ColonyRecord;
  progress: Progress;
}

/**
 * Whether the next heartbeat of a backend is urgent. One that ticks fast fills its buffer before that is due, one
 * that lacks events cannot run on without them, and one whose grant was made before anybody knew where it is soon
 * stands.
 */
export function isUrgent(
  { samples, status: { colony } }: HeartbeatReply,
  { book, grants, checkpoints }: Driven,
  { horizon, isStalled, record, progress }: Now,
): boolean {
  if (colony === undefined) return false;
  if (checkpoints?.isUrgent) return true;
  if (samples.length > SAMPLES_MAX / 8 && !isStalled) return true;
  if (colony.eventSeq < book.through) return true;
  const { horizonMax } = book.handOver(colony.eventSeq, record);
  const ahead = Math.min(grants.next(record, progress), horizonMax) - colony.tick;
  const left = Math.max(horizon, colony.grant.horizon) - colony.tick;
  // A grant is for four heartbeats.
  return 4 * left < ahead;
}
