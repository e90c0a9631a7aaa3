import { messageOf } from '../../protocol/common/errors.ts';
import type { RegistryEntry } from '../../protocol/wire/registry-entry.ts';
import type { Log } from '../observability/log.ts';
import type { Registry } from '../registry/registry.ts';
import type { Clock } from '../runtime/clock.ts';
import type { BackendCompute } from './compute.ts';

/** Of one backend it is asked no more often. */
const ASK_AGAIN_MS = 2_000;

export interface BackendTasksOptions {
  registry: Pick<Registry, 'list'>;
  compute: Pick<BackendCompute, 'statesOf'>;
  clock: Pick<Clock, 'nowMs'>;
  log: Log;
}

/** ARNs of tasks by the boot ids of their backends; undefined: it runs in none. */
type Tasks = ReadonlyMap<string, string | undefined>;

/**
 * Tells whether the tasks of silent backends have stopped. Silence does not tell: the address of a killed task may
 * swallow what is sent there, as that of a paused one does. Of backends that run in no tasks nothing is known.
 */
export class BackendTasks {
  readonly #options: BackendTasksOptions;
  /** As the registry had them last: an entry may be swept by now. */
  #tasks: Tasks = new Map();
  /** From when on it may be asked again, by boot id. */
  readonly #askAgainMs = new Map<string, number>();
  /** The look that has not begun: all who ask by then share it. */
  #next: { bootIds: Set<string>; stopped: Promise<Tasks> } | undefined;
  /** Settles with the last look that was asked for. */
  #settled: Promise<unknown> = Promise.resolve();

  constructor(options: BackendTasksOptions) {
    this.#options = options;
  }

  /** Takes note of what the registry has of backends, before the entries of those that are gone go. */
  know(entries: readonly RegistryEntry[]): void {
    this.#tasks = new Map(entries.map(({ bootId, taskArn }) => [bootId, taskArn]));
  }

  /**
   * Why a backend is gone for certain, in words. undefined: its task may run, nothing is known of it, or it was
   * asked a moment ago. Takes as long as registry and compute do; never rejects.
   */
  async whyGone(bootId: string): Promise<string | undefined> {
    const { clock, log } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs < (this.#askAgainMs.get(bootId) ?? 0)) return undefined;
    for (const [other, fromMs] of this.#askAgainMs) {
      if (fromMs <= nowMs) this.#askAgainMs.delete(other);
    }
    this.#askAgainMs.set(bootId, Number.POSITIVE_INFINITY);
    try {
      const taskArn = (await this.#look(bootId)).get(bootId);
      return taskArn && `its task has stopped: ${taskArn}`;
    } catch (error) {
      const reason = messageOf(error);
      log.info({ bootId, reason }, 'whether the task of a silent backend has stopped is not known');
      return undefined;
    } finally {
      this.#askAgainMs.set(bootId, clock.nowMs() + ASK_AGAIN_MS);
    }
  }

  /** One look at a time: where many are silent at once, a few calls tell of all. */
  #look(bootId: string): Promise<Tasks> {
    if (this.#next === undefined) {
      const bootIds = new Set<string>();
      const stopped = this.#settled.then(() => {
        this.#next = undefined;
        return this.#stopped(bootIds);
      });
      this.#settled = stopped.catch(() => undefined);
      this.#next = { bootIds, stopped };
    }
    this.#next.bootIds.add(bootId);
    return this.#next.stopped;
  }

  async #stopped(bootIds: ReadonlySet<string>): Promise<Tasks> {
    const { registry, compute } = this.#options;
    if (![...bootIds].every((bootId) => this.#tasks.has(bootId))) {
      this.know(await registry.list('backends'));
    }
    const tasks = [...this.#tasks].filter(([bootId]) => bootIds.has(bootId));
    const taskArns = tasks.flatMap(([, taskArn]) => taskArn ?? []);
    if (taskArns.length === 0) return new Map();
    const states = await compute.statesOf(taskArns);
    return new Map(tasks.filter(([, taskArn = '']) => states.get(taskArn) === 'stopped'));
  }
}
