import type { BackendTasks } from '../../platform/compute/backend-tasks.ts';
import type { Log } from '../../platform/observability/log.ts';
import { processGone } from '../../platform/rpc/process-gone.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { ErrorCode } from '../../protocol/common/error-codes.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { CoordinatorCount, LossProof } from '../metrics/coordinator-metrics.ts';
import { NO_TROUBLE_NEWS, type TroubleNews } from '../troubles/troubles.ts';
import { type Lost, lossByError, type TrackedBackend } from './tracked-backend.ts';

export interface LossesOptions {
  clock: Clock;
  log: Log;
  /** A backend that has not answered for so long is lost. */
  suspectMs: number;
  /** Asked of those that are silent: one whose task has stopped is lost at once. */
  tasks: Pick<BackendTasks, 'whyGone'>;
  /** Whether the backends are still driven. */
  isRunning: () => boolean;
  /** Called with the first loss. */
  onLost: () => void;
  count?: CoordinatorCount | undefined;
  /** Told of what is wrong with backends. @default nobody is */
  troubles?: TroubleNews | undefined;
}

/** Judges which of the backends that are driven are lost, and why. */
export class Losses {
  readonly #options: LossesOptions;
  #first: Lost | undefined;

  constructor(options: LossesOptions) {
    this.#options = options;
  }

  get first(): Lost | undefined {
    return this.#first;
  }

  lose(tracked: TrackedBackend, reason: string, proof: LossProof): void {
    tracked.lost = true;
    this.#tell(tracked, 'BACKEND_LOST', reason);
    if (this.#first !== undefined) return;
    const { log, onLost, count } = this.#options;
    const { backend } = tracked;
    this.#first = { backend, reason };
    const { id, address } = backend;
    log.warn({ backend: id, address, reason }, 'a backend is lost');
    count?.('colony_backend_losses_total', { proof });
    onLost();
  }

  /** Judges a backend by the error of a heartbeat. No heartbeat waits for what is asked about it. */
  failed(tracked: TrackedBackend, error: unknown): void {
    const { clock, log, suspectMs } = this.#options;
    const loss = lossByError(error, clock.nowMs() - tracked.lastAnswerMs, suspectMs);
    if (loss !== undefined) {
      this.lose(tracked, loss, processGone(error) === undefined ? 'silent' : 'gone');
      return;
    }
    if (!tracked.suspect) {
      tracked.suspect = true;
      this.#tell(tracked, 'BACKEND_UNREACHABLE', messageOf(error));
      log.warn({ backend: tracked.backend.id, err: error }, 'a backend does not answer');
    }
    void this.#askOfTask(tracked);
  }

  #tell({ backend, status }: TrackedBackend, code: ErrorCode, detail: string): void {
    const { troubles = NO_TROUBLE_NEWS } = this.#options;
    troubles.note(backend.id, { code, detail, tick: status?.colony?.tick });
  }

  async #askOfTask(tracked: TrackedBackend): Promise<void> {
    const { tasks, isRunning } = this.#options;
    const loss = await tasks.whyGone(tracked.backend.bootId);
    // It may have answered meanwhile, or others may drive it by now.
    if (loss !== undefined && tracked.suspect && isRunning()) this.lose(tracked, loss, 'gone');
  }
}
