import type { Context, MiddlewareHandler } from 'hono';
import { ColonyError } from '../../protocol/common/errors.ts';
import { isLoopbackName } from '../../protocol/common/loopback.ts';

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(:\d{1,5})?$/;

/** `host` and `host:port`, both lower case, or undefined if it is not a host at all. */
function parseHost(text: string): { name: string; nameAndPort: string } | undefined {
  const [, name, port = ''] = HOST.exec(text.toLowerCase()) ?? [];
  return name === undefined ? undefined : { name, nameAndPort: name + port };
}

/** `http://10.0.0.4:8083/` → `10.0.0.4:8083`, `::1` → `[::1]`. */
function normalise(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/\/.*$/, '');
  return (bare.match(/:/g)?.length ?? 0) > 1 && !bare.startsWith('[') ? `[${bare}]` : bare;
}

/** The hosts that a server answers to beside loopback names, `host` (any port) or `host:port`. */
export interface ServedHosts {
  /** Hosts that a proxy or gateway in front of it may name; `*.example.org` is every name below it. */
  allowedHosts?: readonly string[];
  /** The hosts under which this process itself is reached. */
  ownAddresses: readonly string[];
}

/**
 * Checks the Host of a request; what it returns throws HOST_NOT_ALLOWED. A page of another site whose name
 * was rebound to this machine's address is stopped by this.
 */
export function hostCheck(hosts: ServedHosts): (host: string) => void {
  const { allowedHosts = [], ownAddresses } = hosts;
  const allowed = new Set([...allowedHosts, ...ownAddresses].map(normalise));
  const suffixes = [...allowed].filter((host) => host.startsWith('*.')).map((h) => h.slice(1));
  const isAllowed = ({ name, nameAndPort }: { name: string; nameAndPort: string }) =>
    isLoopbackName(name) ||
    allowed.has(name) ||
    allowed.has(nameAndPort) ||
    suffixes.some((suffix) => name.length > suffix.length && name.endsWith(suffix));
  return (given) => {
    const host = parseHost(given);
    if (host !== undefined && isAllowed(host)) return;
    throw new ColonyError(
      'HOST_NOT_ALLOWED',
      `the host ${JSON.stringify(given.slice(0, 100))} is not served here`,
    );
  };
}

/** Refuses a Host that is not served here. */
export function hostGuard(hosts: ServedHosts): MiddlewareHandler {
  const check = hostCheck(hosts);
  return (c, next) => {
    check(c.req.header('Host') ?? new URL(c.req.url).host);
    return next();
  };
}

/** Refuses what any page sends, even one of this very origin, for none is served: for ports of processes. */
export const pageGuard: MiddlewareHandler = (c, next) => {
  const site = c.req.header('Sec-Fetch-Site');
  if (c.req.header('Origin') !== undefined || (site !== undefined && site !== 'none')) {
    throw new ColonyError('ORIGIN_NOT_ALLOWED', 'a page sent it, and none has any business here');
  }
  return next();
};

/**
 * Refuses requests that change something and come from the page of another origin. Clients that
 * are no browsers send neither header.
 */
export const originGuard: MiddlewareHandler = (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') assertOwnOrigin(c);
  return next();
};

function assertOwnOrigin(c: Context): void {
  const origin = c.req.header('Origin');
  if (origin !== undefined && !isOwnOrigin(origin, c.req.header('Host') ?? '')) {
    throw new ColonyError(
      'ORIGIN_NOT_ALLOWED',
      `the origin ${JSON.stringify(origin.slice(0, 100))} is not the address it was sent to`,
    );
  }
  const site = c.req.header('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new ColonyError(
      'ORIGIN_NOT_ALLOWED',
      `a browser sent it from another site (Sec-Fetch-Site: ${site.slice(0, 40)})`,
    );
  }
}

/** The scheme may differ: a gateway in front ends TLS. Default ports of the scheme are the same. */
function isOwnOrigin(origin: string, host: string): boolean {
  const from = parseUrl(origin);
  if (from === undefined || from.host === '') return false;
  return parseUrl(`${from.protocol}//${host}`)?.host === from.host;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
