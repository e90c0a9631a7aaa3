import type { ColonyRecord } from '../../../services/protocol/record/colony-record.ts';
import { keyHashOf } from '../../../services/protocol/record/start-changes.ts';
import type { Truth } from './truth.ts';

type Tell = (problem: string) => void;

const ALLOWED: Readonly<Record<ColonyRecord['status'], readonly ColonyRecord['status'][]>> = {
  NotInitialized: ['NotInitialized', 'Initializing'],
  Initializing: ['Initializing', 'TopographyInitialized', 'NotInitialized'],
  TopographyInitialized: ['TopographyInitialized', 'NotInitialized'],
};

/** What no write of the record may ever do, whoever does it. `truth` is as it was before the write. */
export function checkWrite(truth: Truth, next: ColonyRecord, tell: Tell): void {
  const before = truth.record;
  if (next.revision !== before.revision + 1) {
    tell(`the revision goes from ${before.revision} to ${next.revision}`);
  }
  if (!ALLOWED[before.status].includes(next.status)) {
    tell(`the record goes from ${before.status} to ${next.status}`);
  }
  if (next.fault !== undefined)
    tell(`the colony has failed: ${next.fault.code} ${next.fault.reason}`);
  checkLead(before, next, tell);
  checkGeneration(truth, next, tell);
  if (next.generation === before.generation && next.status !== 'NotInitialized') {
    checkCourse(before, next, tell);
  }
  if (before.status !== 'NotInitialized' && next.status === 'NotInitialized') {
    checkEnd(before, next, tell);
  }
}

function checkLead(
  { leader: before }: ColonyRecord,
  { leader: next }: ColonyRecord,
  tell: Tell,
): void {
  if (before === undefined) return;
  if (next === undefined) {
    tell('the leader is gone from the record');
    return;
  }
  if (next.epoch < before.epoch) tell(`the epoch falls from ${before.epoch} to ${next.epoch}`);
  if (next.epoch > before.epoch + 1) tell(`the epoch leaps from ${before.epoch} to ${next.epoch}`);
  if (next.epoch !== before.epoch) return;
  if (next.id !== before.id) tell(`epoch ${next.epoch} has a second leader`);
  if (next.beat < before.beat) tell(`the beat falls from ${before.beat} to ${next.beat}`);
}

function checkGeneration(truth: Truth, next: ColonyRecord, tell: Tell): void {
  const { record: before } = truth;
  if (next.generation < before.generation) tell('the generation falls');
  const isClaim = next.generation > before.generation;
  if (!isClaim) {
    const isOther = next.colonyInstanceId !== before.colonyInstanceId;
    if (next.status !== 'NotInitialized' && isOther) tell('a generation has a second instance');
    return;
  }
  if (next.generation > before.generation + 1) tell('the generation leaps');
  if (before.status !== 'NotInitialized' || next.status !== 'Initializing') {
    tell('a generation begins without a claim');
  }
  const { startKey = '', colonyInstanceId = '' } = next;
  if (truth.instances.has(colonyInstanceId)) tell(`instance ${colonyInstanceId} begins twice`);
  for (const instance of truth.instances.values()) {
    if (instance.key === startKey && instance.isComplete) {
      tell(`key ${startKey} starts a second instance`);
    }
  }
}

/** Within one generation. */
function checkCourse(before: ColonyRecord, next: ColonyRecord, tell: Tell): void {
  const falls = (what: string, from: number, to: number) => {
    if (to < from) tell(`${what} falls from ${from} to ${to}`);
  };
  falls('topologyVersion', before.topologyVersion, next.topologyVersion);
  falls('eventSeq', before.eventSeq, next.eventSeq);
  falls('eventHead', before.eventHead, next.eventHead);
  if (next.topologyVersion > before.topologyVersion + 1) tell('topologyVersion leaps');
  const isSameVersion = next.topologyVersion === before.topologyVersion;
  if (isSameVersion && next.topologyRef !== before.topologyRef) {
    tell(`topologyVersion ${next.topologyVersion} has a second topology`);
  }
  const [one, other] = [before.checkpoint, next.checkpoint];
  if (one !== undefined && other === undefined) tell('the checkpoint is gone from the record');
  if (one && other && other.topologyVersion === one.topologyVersion) {
    falls('the tick of the checkpoint', one.tick, other.tick);
  }
  if (other && other.sha256 !== one?.sha256 && other.topologyVersion !== next.topologyVersion) {
    tell(`a checkpoint of topology ${other.topologyVersion} comes under ${next.topologyVersion}`);
  }
  if (one && other) {
    falls('the epoch of the checkpoint', one.epoch, other.epoch);
    falls('the topologyVersion of the checkpoint', one.topologyVersion, other.topologyVersion);
  }
  if (before.status === 'Initializing' && next.status === 'TopographyInitialized') {
    if (next.idempotencyKey !== before.startKey) tell('another key than was claimed is completed');
    if (next.topologyRef === undefined) tell('a start is complete without a topology');
  }
  const pending = next.pendingEvents.map(({ sequence }) => sequence);
  const expected = Array.from(
    { length: next.eventSeq - next.eventHead },
    (_, i) => next.eventHead + 1 + i,
  );
  if (pending.join() !== expected.join()) {
    tell(`pending are ${pending.join()}, expected ${expected.join()}`);
  }
}

function checkEnd(before: ColonyRecord, next: ColonyRecord, tell: Tell): void {
  const key = before.startKey ?? before.idempotencyKey ?? '';
  const isRetired = next.retired[keyHashOf(key)]?.colonyInstanceId === before.colonyInstanceId;
  const hasFailed =
    before.status === 'Initializing' && next.lastFailure?.generation === before.generation;
  if (!isRetired && !hasFailed) tell('the colony is gone, neither stopped nor failed');
}
