import type { OpenRequest, TransportRequest } from '../../../services/platform/rpc/transport.ts';
import { limitOf } from '../../../services/protocol/record/colony-record.ts';
import { type Fence, formatFence, parseFence } from '../../../services/protocol/wire/fence.ts';
import type { HeartbeatRequest } from '../../../services/protocol/wire/rpc.ts';
import { CALL_HEADER } from '../../../services/protocol/wire/rpc-auth.ts';
import type { Caller, CallWatch, Endpoint } from '../network/swarm-network.ts';
import type { Judge } from './judge.ts';
import type { LeaseWatch } from './lease-watch.ts';

/** Judges calls between processes: who makes them, and which are obeyed. */
export class CallJudge implements CallWatch {
  readonly #judge: Judge;
  readonly #leases: LeaseWatch;
  /** The highest fence that each boot has obeyed. */
  readonly #obeyed = new Map<string, Fence>();

  constructor(judge: Judge, leases: LeaseWatch) {
    this.#judge = judge;
    this.#leases = leases;
  }

  sent({ boot, clock }: Caller, request: TransportRequest | OpenRequest): void {
    if (!boot.name.startsWith('c') || !request.path.startsWith('/rpc/')) return;
    const { fence } = callOf(request);
    const problem = this.#leases.problem(boot, clock, fence.epoch);
    if (problem !== undefined) {
      this.#judge.tell('lease', `${boot.name} calls ${request.path}: ${problem}`);
    }
    if (request.path === '/rpc/heartbeat' && 'body' in request) {
      this.#checkGrant(boot.name, fence, JSON.parse(Buffer.from(request.body).toString()));
    }
  }

  arrived({ boot }: Endpoint, request: TransportRequest) {
    if (!request.path.startsWith('/rpc/')) return undefined;
    const { fence, targetBootId } = callOf(request);
    const before = this.#obeyed.get(boot.name);
    return (status: number) => {
      this.#judge.checkReach(boot);
      if (status !== 200) return;
      if (targetBootId !== boot.bootId) {
        this.#judge.tell('fence', `${boot.name} obeys a call that is meant for another process`);
      }
      if (before !== undefined && isLower(fence, before)) {
        const seen = `${formatFence(fence)} after ${formatFence(before)}`;
        this.#judge.tell('fence', `${boot.name} obeys ${request.path} of ${seen}`);
      }
      const highest = this.#obeyed.get(boot.name);
      if (highest === undefined || isLower(highest, fence)) {
        this.#obeyed.set(boot.name, fence);
      }
    };
  }

  /** A leader grants no more than is reserved, and forgets nothing that is not stored. */
  #checkGrant(name: string, fence: Fence, request: HeartbeatRequest): void {
    const { record, byGeneration } = this.#judge.truth;
    const instance = byGeneration.get(fence.generation);
    if (instance === undefined) return;
    this.#judge.checkDurable(instance, request.durableThroughTick);
    if (record.generation !== fence.generation || record.leader?.epoch !== fence.epoch) return;
    if (record.status !== 'TopographyInitialized' || request.horizon <= limitOf(record)) return;
    this.#judge.tell('horizon', `${name} grants ${request.horizon} of ${limitOf(record)}`);
  }
}

/** Not by the rule of the services, which is judged. */
function isLower(a: Fence, b: Fence): boolean {
  const differing = (['generation', 'epoch', 'topologyVersion'] as const).find(
    (part) => a[part] !== b[part],
  );
  return differing !== undefined && a[differing] < b[differing];
}

function callOf({ headers }: TransportRequest | OpenRequest) {
  const [, targetBootId = '', , text = ''] = (headers[CALL_HEADER] ?? '').split(';');
  const fence = parseFence(text);
  if (fence === undefined) throw new Error(`a call without a fence: ${text}`);
  return { fence, targetBootId };
}
