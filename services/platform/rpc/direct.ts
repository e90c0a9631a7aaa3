import { Agent, fetch as fetchBy } from 'undici';

/**
 * Connections that lead straight to the other side. Without it a request goes through the proxy that the
 * environment names wherever Node is told to look there (`NODE_USE_ENV_PROXY`): no proxy can reach this
 * machine's loopback, or the private network of a colony.
 */
export const DIRECT = new Agent();

/** fetch that no proxy is between. */
export const fetchDirectly = ((input: string | URL, init?: RequestInit) =>
  fetchBy(input, { ...(init as object), dispatcher: DIRECT })) as unknown as typeof fetch;
