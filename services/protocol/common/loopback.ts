const LOOPBACK = /^(([a-z0-9-]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host, in lower case and without a port, means this machine, whoever asks. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** Whether an address is on this machine. */
export const isOnLoopback = (url: string): boolean =>
  URL.canParse(url) && isLoopback(new URL(url).hostname);
