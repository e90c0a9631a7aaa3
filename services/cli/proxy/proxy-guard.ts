import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopbackName } from '../../protocol/common/loopback.ts';

/** Who may use the proxy: the browser that was given the token of this run, on its own page. */

const REDIRECT_STATUS = 303;
const TOKEN_PARAMETER = 'token';

export interface ProxyGuardOptions {
  port: number;
  /** Of this run; random. */
  token: string;
}

/**
 * Looks at a request before anything else does.
 *
 * @returns the answer that ends it, or undefined if it may pass.
 */
export function guard(request: Request, { port, token }: ProxyGuardOptions): Response | undefined {
  const url = new URL(request.url);
  // A name that was made to mean this machine would be the page of somebody else.
  const host = request.headers.get('host')?.toLowerCase() ?? '';
  if (!isLoopbackName(nameOf(host, port))) return refusal(421, 'This host is not served here.');
  const given = url.searchParams.getAll(TOKEN_PARAMETER);
  if (given.length > 0) {
    const isRight = request.method === 'GET' && given.length === 1 && isSame(given[0], token);
    return isRight ? welcome(url, port, token) : refusal(401, 'The token is not that of this run.');
  }
  if (!isSame(cookieOf(request, cookieName(port)), token)) {
    return refusal(401, 'Open the address that `colony proxy` printed: it holds the token.');
  }
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const isOwn =
    (origin === null || origin.toLowerCase() === `http://${host}`) &&
    (site === null || site === 'same-origin' || site === 'none');
  return isOwn ? undefined : refusal(403, 'Another page asks for this.');
}

/** The name in a Host header that has this port; empty if it has another. */
function nameOf(host: string, port: number): string {
  if (port === 80) return host;
  return host.endsWith(`:${port}`) ? host.slice(0, -`:${port}`.length) : '';
}

/** Hands out the cookie, and leads to the same address without the token. */
function welcome(url: URL, port: number, token: string): Response {
  url.searchParams.delete(TOKEN_PARAMETER);
  return new Response(null, {
    status: REDIRECT_STATUS,
    headers: {
      location: url.pathname + url.search,
      'set-cookie': `${cookieName(port)}=${token}; HttpOnly; SameSite=Strict; Path=/`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  });
}

/** Cookies are those of a host, whatever the port: two proxies must not take each other's. */
const cookieName = (port: number): string => `colony-proxy-${port}`;

function cookieOf(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}

/** In a time that tells nothing about where they differ. */
function isSame(given: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

/** An answer of the proxy itself. */
export function refusal(status: number, text: string): Response {
  return new Response(`${text}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
