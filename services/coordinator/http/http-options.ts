import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { VersionView } from '../../protocol/api/public-api.ts';
import type { ColonyApi } from './colony-api.ts';

/**
 * Sends a request to another coordinator. Rejects when no answer came in time; any HTTP status is
 * an answer.
 */
export type ForwardFunction = (
  request: Request,
  options?: { timeoutMs?: number },
) => Promise<Response>;

/** What the public HTTP API is made from. */
export interface HttpOptions {
  service: ColonyApi;
  log: Log;
  clock: Clock;
  /** Name of the colony. */
  name: string;
  /** Id of this coordinator, as `/healthz` shows it. */
  id: string;
  version: VersionView;
  /**
   * Hosts that a proxy or gateway in front of this server may name, `host` (any port) or
   * `host:port`. Loopback names are always allowed.
   */
  allowedHosts: readonly string[];
  /** The hosts under which this coordinator itself is reached, in the same form. */
  ownAddresses: readonly string[];
  /** Without it a standby answers NO_LEADER where a leader is needed. */
  forward?: ForwardFunction;
  /** Folder with `dashboard/` and `swagger/`. Without it there is no page. */
  assetsDir?: string;
  /** Why this process should be replaced, or undefined. @default it never should */
  unhealthy?: () => string | undefined;
  /** Makes the id of a request that brings none. */
  requestId: () => string;
}

/** What middleware leaves for the handlers. */
export interface HttpEnv {
  Variables: { requestId: string };
}
