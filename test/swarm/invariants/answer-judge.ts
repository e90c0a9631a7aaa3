import { requestHashOf } from '../../../services/protocol/colony/colony-event.ts';
import type { ColonyRecord } from '../../../services/protocol/record/colony-record.ts';
import type { Ask } from '../clients/asks.ts';
import type { Judge } from './judge.ts';
import type { Instance } from './truth.ts';

type Body = Record<string, unknown>;

/** What a client was told must be true, and have been so at some time since it asked. */
export class AnswerJudge {
  readonly #judge: Judge;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** An answer that says that it was done. */
  check(ask: Ask, status: number, body: Body): void {
    const problem = this.#problem(ask, status, body);
    if (problem === undefined) return;
    this.#judge.tell('told', `${status} to ${ask.kind} ${ask.about}: ${problem}`);
  }

  #problem(ask: Ask, status: number, body: Body): string | undefined {
    const { truth } = this.#judge;
    const { about } = ask;
    const records = truth.since(ask.sentMs);
    const instance = truth.instances.get(String(body['colonyInstanceId']));
    const held = (holds: (record: ColonyRecord) => boolean) =>
      records.some((record) => record.status === 'TopographyInitialized' && holds(record));
    switch (ask.kind) {
      case 'start':
        return startProblem(instance, about, status, body);
      case 'stop': {
        const stopped = truth.instances.get(about);
        return stopped?.isOver ? undefined : 'it goes on';
      }
      case 'pause': {
        const tick = body['effectiveTick'];
        const stands = held(({ paused, runUntil }) => paused && runUntil === tick);
        return stands ? undefined : `the record was never paused at ${tick}`;
      }
      case 'resume':
        return held(({ paused }) => !paused) ? undefined : 'the record never went on';
      case 'step': {
        const led = instance?.steps.get(requestHashOf(about));
        const tick = body['effectiveTick'];
        return led === tick ? undefined : `it led to ${led}, told was ${tick}`;
      }
      case 'pace':
        return held(({ ticksPerSecond }) => String(ticksPerSecond) === about)
          ? undefined
          : 'the record never had this pace';
      case 'scale':
        return held(({ wantedBackends }) => String(wantedBackends) === about)
          ? undefined
          : 'the record never wanted so many';
      case 'inject':
        return this.#eventProblem(body, ({ keyHash }) => keyHash === requestHashOf(about));
      case 'cancel':
        return body['cancelled'] === true ? undefined : 'it is not cancelled';
    }
  }

  /** The events of a client are of whatever instance there was: it does not hear of which. */
  #eventProblem(body: Body, isMine: (entry: { keyHash: string }) => boolean): string | undefined {
    const { sequence, tick } = body;
    const isKnown = [...this.#judge.truth.instances.values()].some(({ events }) => {
      const entry = events.get(Number(sequence));
      return entry !== undefined && entry.tick === tick && isMine(entry);
    });
    return isKnown ? undefined : `event ${sequence} of tick ${tick} was never taken`;
  }
}

function startProblem(
  instance: Instance | undefined,
  key: string,
  status: number,
  body: Body,
): string | undefined {
  if (instance === undefined) return `instance ${body['colonyInstanceId']} never was`;
  if (instance.generation !== body['generation']) return `it is of ${instance.generation}`;
  if (instance.key !== key) return `it was started with ${instance.key}`;
  if (status === 200 && !instance.isComplete) return 'its start is not complete';
  return undefined;
}
