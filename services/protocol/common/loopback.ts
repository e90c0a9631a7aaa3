const NAMES = ['localhost', '127.0.0.1', '[::1]'];
const ADDRESS = /^(([a-z0-9-]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether a server on this machine may be asked for under this host, in lower case and without a port. Fewer
 * than are on loopback: another address of 127.0.0.0/8 may have been that of another user's server.
 */
export const isLoopbackName = (host: string): boolean => NAMES.includes(host);

/** Whether an address is on this machine. */
export const isOnLoopback = (url: string): boolean =>
  URL.canParse(url) && ADDRESS.test(new URL(url).hostname);
