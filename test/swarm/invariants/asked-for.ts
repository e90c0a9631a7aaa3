import { requestHashOf } from '../../../services/protocol/colony/colony-event.ts';
import type { ColonyRecord } from '../../../services/protocol/record/colony-record.ts';
import type { Asks } from '../clients/asks.ts';

/** Nothing happens to a colony that nobody has asked for. */
export function checkAskedFor(
  asks: Asks,
  before: ColonyRecord,
  next: ColonyRecord,
  tell: (problem: string) => void,
): void {
  const needs = (isAsked: boolean, what: string) => {
    if (!isAsked) tell(`nobody has asked for ${what}`);
  };
  if (next.generation > before.generation) {
    needs(asks.has('start', next.startKey), `the start with ${next.startKey}`);
    return;
  }
  if (next.status === 'NotInitialized') {
    const isStopped = before.status !== 'NotInitialized' && next.lastFailure === undefined;
    if (isStopped) needs(asks.has('stop', before.colonyInstanceId), 'this stop');
    return;
  }
  if (next.paused && !before.paused) needs(asks.has('pause'), 'this pause');
  if (!next.paused && before.paused) needs(asks.has('resume'), 'going on');
  const newest = next.handledKeys.at(-1)?.keyHash;
  const hasStepped = newest !== before.handledKeys.at(-1)?.keyHash;
  if (hasStepped) needs(isKeyOf(asks, 'step', newest), 'this step');
  else if (next.paused && before.paused && next.runUntil !== before.runUntil) {
    needs(asks.has('pause'), `standing at ${next.runUntil}`);
  }
  if (next.ticksPerSecond !== before.ticksPerSecond) {
    needs(asks.has('pace', String(next.ticksPerSecond)), `the pace ${next.ticksPerSecond}`);
  }
  if (next.wantedBackends !== before.wantedBackends) {
    needs(asks.has('scale', String(next.wantedBackends)), `${next.wantedBackends} backends`);
  }
  for (const { sequence, keyHash, event } of next.pendingEvents) {
    if (sequence <= before.eventSeq) continue;
    if (event.kind === 'cancellation') {
      needs(asks.has('cancel', String(event.cancels)), `cancelling event ${event.cancels}`);
    } else needs(isKeyOf(asks, 'inject', keyHash), `event ${sequence}`);
  }
}

const isKeyOf = (asks: Asks, kind: 'step' | 'inject', keyHash: string | undefined): boolean =>
  asks.keysOf(kind).some((key) => requestHashOf(key) === keyHash);
