import type { History } from './history.ts';
import { type Reply, toldBy } from './told.ts';
import type { Request, Workload } from './workload.ts';

/** What came of a request that was not answered. */
export type NoReply =
  /** Nobody knows. */
  | 'unknown'
  /** It was never sent: nothing listens there. */
  | 'unsent';

export interface ClientOptions {
  id: number;
  history: History;
  workload: Workload;
  /** Sends a request to one of the coordinators; never throws. */
  ask(request: Request): Promise<Reply | NoReply>;
  /** Between two requests. */
  pause(): Promise<void>;
  /** After a request that was not answered, or not with more than "not now". */
  backOff(): Promise<void>;
  /** How often one without an answer is asked again, with the same key. */
  retryShare: number;
}

/** One client: asks for one thing after the other, so many times. */
export async function runClient(o: ClientOptions, requests: number): Promise<void> {
  let again: Request | undefined;
  for (let count = 0; count < requests; count++) {
    const request: Request = again ?? o.workload.next(o.id);
    again = undefined;
    const isPlain = await perform(o, request);
    if (isPlain) {
      await o.pause();
      continue;
    }
    if (o.workload.chance(o.retryShare)) again = request;
    await o.backOff();
  }
}

/** Whether it was answered with more than "not now". */
async function perform(
  { id, history, workload, ask }: ClientOptions,
  request: Request,
): Promise<boolean> {
  const { op, input } = request;
  const call = history.begin(id, op, input);
  const reply = await ask(request);
  const isLook = request.method === 'GET';
  if (typeof reply === 'string') {
    if (reply === 'unsent' || isLook) call.dropped();
    return false;
  }
  const told = toldBy(op, input, reply);
  if (told === 'nothing') {
    call.dropped();
    return isLook && reply.status === 200;
  }
  if (told === 'unknown') return false;
  for (const { answer } of told) workload.learn(answer.instance);
  call.answered(told);
  return true;
}
