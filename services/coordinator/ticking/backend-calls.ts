import type { Log } from '../../platform/observability/log.ts';
import type { RpcCalls, RpcTarget } from '../../platform/rpc/rpc-client.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { Topology, TopologyBackend } from '../../protocol/layout/topology.ts';
import type { HeartbeatReply, HeartbeatRequest } from '../../protocol/wire/rpc.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import { atStage, type StageHook } from '../term/stages.ts';
import { NO_TROUBLE_NEWS, type TroubleNews } from '../troubles/troubles.ts';
import type { TrackedBackend } from './tracked-backend.ts';

export interface BackendCallsOptions {
  rpc: RpcCalls;
  log: Log;
  hook: StageHook;
  scope: ColonyScope;
  topology: Topology;
  /** Of the start or the recovery that led to the calls. @default it is not traced */
  trace?: string | undefined;
  /** Told of what is wrong with backends. @default nobody is */
  troubles?: TroubleNews | undefined;
}

/** The calls by which a ticker drives the backends of a topology, under its scope and fence. */
export class BackendCalls {
  readonly #options: BackendCallsOptions;

  constructor(options: BackendCallsOptions) {
    this.#options = options;
  }

  /** Asks a backend to start ticking, and notes what came of it. */
  async startTicking(tracked: TrackedBackend): Promise<void> {
    const { rpc, hook, log, scope, troubles = NO_TROUBLE_NEWS } = this.#options;
    const isFailing = (detail: string) => {
      const tick = tracked.status?.colony?.tick;
      troubles.note(tracked.backend.id, { code: 'BACKEND_FAILED', detail, tick });
    };
    const { backend } = tracked;
    const fields = { backend: backend.id, address: backend.address };
    try {
      scope.check();
      const call = () => rpc.call('startTicking', targetOf(backend), this.#fence, {});
      const step = () => atStage(hook, 'start-ticking', call, { backend: backend.id });
      const { trace } = this.#options;
      const isTraced = trace !== undefined && hook.tracing !== undefined;
      const answer = await (isTraced ? hook.tracing.within(trace, step) : step());
      tracked.started = answer.result === 'Ok';
      tracked.startFailed = !tracked.started;
      if (tracked.started) log.info(fields, 'backend started ticking');
      else {
        const reason = 'message' in answer ? answer.message : answer.result;
        isFailing(`it cannot start ticking: ${reason}`);
        log.error({ ...fields, ...answer }, 'backend cannot start ticking; trying again');
      }
    } catch (error) {
      if (!scope.isActive) return;
      tracked.startFailed = true;
      isFailing(`it was told to start ticking: ${messageOf(error)}`);
      log.error({ ...fields, err: error }, 'StartTicking failed; trying again');
    }
  }

  /** Throws what RpcClient throws. The caller has checked the scope. */
  heartbeat(backend: TopologyBackend, request: HeartbeatRequest): Promise<HeartbeatReply> {
    return this.#options.rpc.call('heartbeat', targetOf(backend), this.#fence, request);
  }

  get #fence() {
    return this.#options.scope.fence(this.#options.topology.topologyVersion);
  }
}

const targetOf = ({ address, bootId }: TopologyBackend): RpcTarget => ({ origin: address, bootId });
