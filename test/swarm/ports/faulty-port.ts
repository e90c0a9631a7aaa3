import type { Boot } from '../processes/boot.ts';
import type { Timeline } from '../time/timeline.ts';
import type { Trace } from '../trace/trace.ts';
import type { PastAnswers } from './past-answers.ts';

/** What becomes of one call of a store. */
export interface PortFate {
  /** Until it takes effect, and until that is told. */
  delayMs: number;
  answerDelayMs: number;
  /** It fails before it takes effect. */
  failure?: Error;
  /** It takes effect, and is said to have failed. */
  lostAnswer?: Error;
  /** Its sender is told after so long that it has failed, whatever comes of it later. */
  givenUp?: { afterMs: number; error: Error };
  /** The result is another one. @param past what the same call was answered lately, oldest first */
  alter?: (result: unknown, past: readonly unknown[]) => unknown;
}

export interface PortParts {
  boot: Boot;
  timeline: Timeline;
  trace: Trace;
  fateOf: (port: string, method: string) => PortFate;
  /** Of the stores of the run. */
  past: PastAnswers;
}

/** Calls that a replica may answer which lags behind: eventually consistent reads. */
const LAGGING: readonly string[] = ['registry.list', 'registry.leader'];

/** A store as one process reaches it: every call takes time, and may meet with a fault. */
export function faultyPort<T extends object>(parts: PortParts, name: string, port: T): T {
  const { boot, timeline, trace, fateOf, past } = parts;
  return new Proxy(port, {
    get: (target, method) => {
      const member = Reflect.get(target, method, target) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const fate = fateOf(name, String(method));
        const asked = `${name}.${String(method)}${textOf(args)}`;
        const call = `${boot.name} ${asked}`;
        return new Promise((resolve, reject) => {
          const answer = (text: string, settle: () => void) => {
            trace.add(`${call} ${text}`);
            timeline.after(fate.answerDelayMs, () => boot.reach(settle));
          };
          const { failure, lostAnswer, givenUp, alter } = fate;
          if (givenUp !== undefined) {
            timeline.after(givenUp.afterMs, () => boot.reach(() => reject(givenUp.error)));
          }
          timeline.after(fate.delayMs, () => {
            if (failure !== undefined) return answer(failure.message, () => reject(failure));
            const done = Promise.resolve(Reflect.apply(member, target, args));
            done.then(
              (result: unknown) => {
                if (lostAnswer) return answer('unanswered', () => reject(lostAnswer));
                const before = past.of(asked);
                if (LAGGING.includes(`${name}.${String(method)}`)) past.add(asked, result);
                answer('ok', () => resolve(alter === undefined ? result : alter(result, before)));
              },
              (error: unknown) => answer('failed', () => reject(error)),
            );
          });
        });
      };
    },
  });
}

/** What identifies a call: keys, ticks, revisions. */
function textOf(args: readonly unknown[]): string {
  const words = args.flatMap((arg) => {
    if (typeof arg === 'string' || typeof arg === 'number') return [String(arg)];
    if (arg === null || typeof arg !== 'object') return [];
    const { revision, tick, sequence } = arg as Record<string, unknown>;
    const known = revision ?? tick ?? sequence;
    return known === undefined ? [] : [String(known)];
  });
  return `(${words.join(', ')})`;
}
