import type { ObjectStore } from '../../platform/objects/object-store.ts';
import type { Log } from '../../platform/observability/log.ts';
import { type Tracing, traced } from '../../platform/observability/tracing.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { Registry } from '../../platform/registry/registry.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import type { StartAnswer } from '../../protocol/api/public-api.ts';
import {
  bodyHashOf,
  type ClientSpec,
  resolveSpec,
  type StoredSpec,
} from '../../protocol/colony/spec.ts';
import { canonicalJson, sha256 } from '../../protocol/common/canonical-json.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { FreshRecord } from '../term/fresh-record.ts';
import { atStage, type StageHook } from '../term/stages.ts';
import type { ClaimTraces } from './claim-traces.ts';
import { decideStart, type StartDecision, type StartRequest } from './start-table.ts';
import { assertWorldFits } from './world-memory.ts';

export interface StartColonyOptions {
  store: ColonyRecords;
  record: Pick<FreshRecord, 'read'>;
  objects: ObjectStore;
  registry: Pick<Registry, 'list'>;
  context: CoordinatorContext;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  hook: StageHook;
  defaultSpec: WorldSpec;
  /** The pace of a new colony; null is as fast as possible. */
  ticksPerSecond: number | null;
  /** How many backends there are to be at a start. */
  expectedBackends: number;
  /** Told of starts. @default nobody is */
  tracing?: Tracing | undefined;
  /** Told to which request a claim belongs. */
  claims?: ClaimTraces;
  /** Called when a claim went through: the leader looks at the record at once. */
  onClaimed: () => void;
}

export interface StartOutcome {
  httpStatus: 200 | 202;
  answer: StartAnswer;
}

/** How often those who wait look at the record. */
const WAIT_POLL_MS = 100;
/** How often a claim is tried that lost to a colony which is gone again. */
const CLAIM_ATTEMPTS = 5;

/**
 * `POST /colony-start`, at any coordinator. Two that race for a colony:
 *
 *     A  read: free ── put spec ── claim (write, if free and key not retired) ── 202
 *     B    read: free ── put spec ────── claim: refused, shows A's ── 409, or 202 if same key
 *
 * The claim alone decides; the read before it only avoids a write that would be refused.
 */
export class StartColony {
  readonly #options: StartColonyOptions;
  /** What all who wait now will read. */
  #look: Promise<ColonyRecord> | undefined;

  constructor(options: StartColonyOptions) {
    this.#options = options;
  }

  async start(request: { key: string; spec: ClientSpec; waitMs: number }): Promise<StartOutcome> {
    const { clock, tracing } = this.#options;
    const untilMs = clock.nowMs() + request.waitMs;
    const asked: StartRequest = {
      key: request.key,
      keyHash: sha256(request.key),
      bodyHash: bodyHashOf(request.spec),
    };
    const decide = () => this.#decide(asked, request.spec);
    const { decision, record } = await traced(tracing, 'colony-start', {}, decide);
    let outcome = outcomeOf(decision, record);
    while (outcome.httpStatus === 202 && clock.nowMs() < untilMs) {
      const now = await this.#nextLook(untilMs - clock.nowMs());
      outcome = this.#progress(now, asked, record.generation) ?? outcome;
    }
    return outcome;
  }

  /** Asks the start table, and claims if it says so, until there is an answer. */
  async #decide(
    asked: StartRequest,
    spec: ClientSpec,
  ): Promise<{ decision: StartDecision | { kind: 'initiated' }; record: ColonyRecord }> {
    let record = await this.#read();
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
      const decision = decideStart(record, asked);
      if (decision.kind !== 'claim') return { decision, record };
      const claimed = await this.#claim(asked, resolveSpec(spec, this.#options.defaultSpec));
      record = claimed.record;
      if (!claimed.ok) continue;
      if (record.status !== 'NotInitialized') return { decision: { kind: 'initiated' }, record };
      // The answer to the claim was lost for so long that the start has failed, or was stopped, since.
      throwIfFailed(record, record.generation);
      return { decision: decideStart(record, asked), record };
    }
    throw new ColonyError('STORE_UNAVAILABLE', 'the claim kept losing to starts that failed');
  }

  async #claim(asked: StartRequest, stored: StoredSpec) {
    const { store, objects, context, randomness, hook, log, ticksPerSecond } = this.#options;
    await assertWorldFits(stored.spec, this.#options);
    const specRef = `spec#${sha256(canonicalJson(stored))}`;
    await atStage(hook, 'put-spec', () => objects.put(specRef, stored));
    const result = await atStage(hook, 'claim', () =>
      store.claim({
        ...asked,
        colonyInstanceId: randomness.uuid(),
        claimId: randomness.uuid(),
        specRef,
        ticksPerSecond,
      }),
    );
    context.initializeWithStoredInfo(result.record);
    if (result.ok) {
      const { colonyInstanceId, generation } = result.record;
      log.info({ colonyInstanceId, generation }, 'colony-start initiated');
      this.#options.claims?.claimed(generation, this.#options.tracing?.traceparent);
      this.#options.onClaimed();
    }
    return result;
  }

  async #read(): Promise<ColonyRecord> {
    const record = await this.#options.store.read();
    this.#options.context.initializeWithStoredInfo(record);
    return record;
  }

  /** The record in a moment, within a time; however many wait share one read. */
  async #nextLook(withinMs: number): Promise<ColonyRecord> {
    const { clock, record } = this.#options;
    if (withinMs < WAIT_POLL_MS) {
      await clock.sleep(withinMs);
      return record.read();
    }
    this.#look ??= clock.sleep(WAIT_POLL_MS).then(() => {
      this.#look = undefined;
      return record.read();
    });
    return this.#look;
  }

  /** What has become of the start of a generation; undefined while it is still under way. */
  #progress(
    record: ColonyRecord,
    asked: StartRequest,
    generation: number,
  ): StartOutcome | undefined {
    throwIfFailed(record, generation);
    const decision = decideStart(record, asked);
    if (decision.kind === 'in-progress') return undefined;
    return outcomeOf(decision, record);
  }
}

function throwIfFailed({ status, lastFailure }: ColonyRecord, generation: number): void {
  if (status !== 'NotInitialized' || lastFailure?.generation !== generation) return;
  throw new ColonyError('COLONY_START_FAILED', `${lastFailure.code}: ${lastFailure.reason}`, {
    extra: { lastFailure },
  });
}

const ANSWERS = {
  initiated: { httpStatus: 202, message: 'Colony start initiated' },
  'in-progress': { httpStatus: 202, message: 'Colony start in progress' },
  started: { httpStatus: 200, message: 'Colony already started (idempotent)' },
} as const;

/**
 * The answer to a decision; a refusal is thrown. A claim is the answer only to a request that has claimed
 * before: its start was stopped, and so many after it that its key is forgotten.
 */
function outcomeOf(
  decision: StartDecision | { kind: 'initiated' },
  record: ColonyRecord,
): StartOutcome {
  if (decision.kind === 'claim') {
    throw new ColonyError('COLONY_START_FAILED', 'the start is gone from the record');
  }
  if (decision.kind === 'refused') {
    const { colonyInstanceId } = decision;
    throw new ColonyError(decision.code, decision.detail, {
      extra: colonyInstanceId === undefined ? {} : { colonyInstanceId },
    });
  }
  const { httpStatus, message } = ANSWERS[decision.kind];
  const { colonyInstanceId = '', generation } = record;
  return { httpStatus, answer: { status: decision.kind, message, colonyInstanceId, generation } };
}
