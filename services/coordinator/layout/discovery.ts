import type { Log } from '../../platform/observability/log.ts';
import type { Registry } from '../../platform/registry/registry.ts';
import { processGone } from '../../platform/rpc/process-gone.ts';
import type { RpcCalls, RpcTarget } from '../../platform/rpc/rpc-client.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import {
  originOf,
  PROTOCOL_VERSION,
  type RegistryEntry,
} from '../../protocol/wire/registry-entry.ts';
import type { BackendStatus } from '../../protocol/wire/rpc.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';

/** A backend that answered a ping with the boot id it is registered under. */
export interface LiveBackend extends RpcTarget {
  id: string;
  status: BackendStatus;
}

export interface DiscoveryOptions {
  registry: Registry;
  rpc: RpcCalls;
  log: Log;
  /** Why an entry must not be called; undefined if it may be. @default any may be */
  entryProblem?: (entry: RegistryEntry) => string | undefined;
}

/**
 * Finds the backends that are there. A registry entry is only a hint; a ping that echoes the boot id
 * decides. Backends of another protocol or engine version are left out, and named in the log.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  /** What was already logged of an entry, so that it is logged once. */
  readonly #logged = new Map<string, string>();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /**
   * Ordered by id, then boot id, so that the same backends give the same topology.
   *
   * @param fenceOf asked once the registry has answered, which may take longer than a lease: throws if nobody is
   * to be called any more.
   */
  async discover(fenceOf: () => Fence): Promise<LiveBackend[]> {
    const entries = await this.#options.registry.list('backends');
    const fence = fenceOf();
    const known = new Set(entries.map((entry) => entry.bootId));
    for (const bootId of this.#logged.keys()) if (!known.has(bootId)) this.#logged.delete(bootId);
    const answers = await Promise.all(
      entries.map(async (entry): Promise<LiveBackend | undefined> => {
        if (entry.protocolVersion !== PROTOCOL_VERSION) {
          this.#logOnce(entry.bootId, `speaks protocol ${entry.protocolVersion}`);
          return undefined;
        }
        const problem = this.#options.entryProblem?.(entry);
        if (problem !== undefined) {
          this.#logOnce(entry.bootId, problem);
          return undefined;
        }
        const target = { origin: originOf(entry.address, entry.rpcPort), bootId: entry.bootId };
        try {
          const status = await this.#options.rpc.call('ping', target, fence, {});
          if (status.engineVersion !== ENGINE_VERSION) {
            this.#logOnce(entry.bootId, `runs engine version ${status.engineVersion}`);
            return undefined;
          }
          this.#logged.delete(entry.bootId);
          return { ...target, id: entry.id, status };
        } catch (error) {
          this.#logOnce(entry.bootId, reasonOf(error));
          return undefined;
        }
      }),
    );
    return answers
      .filter((backend) => backend !== undefined)
      .sort((a, b) => compare(a.id, b.id) || compare(a.bootId, b.bootId));
  }

  #logOnce(bootId: string, reason: string): void {
    if (this.#logged.get(bootId) === reason) return;
    this.#logged.set(bootId, reason);
    this.#options.log.info({ bootId, reason }, 'a registered backend is left out');
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function reasonOf(error: unknown): string {
  const gone = processGone(error);
  if (gone !== undefined) return gone;
  if (error instanceof ColonyError) return error.code;
  return error instanceof Error ? error.message : String(error);
}
