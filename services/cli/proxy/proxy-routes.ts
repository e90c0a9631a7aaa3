/** What the proxy passes on: the paths of the public HTTP API, its page and its documentation. */

const GETS = [
  '/',
  '/cells',
  '/checkpoints',
  '/cluster',
  '/colony',
  '/colony-events',
  '/digests',
  '/docs',
  '/docs/',
  '/frame',
  '/healthz',
  '/metrics',
  '/openapi.json',
  '/pictures',
  '/readyz',
  '/statistics',
  '/surveys',
  '/tiles',
  '/topology',
  '/version',
];
const FILE = /^\/(dashboard|docs)\/[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/;
const PICTURE = /^\/pictures\/\d{1,15}$/;
const EVENT = /^\/colony-events\/\d{1,15}$/;

const OTHERS = new Map([
  ['/colony-events', 'POST'],
  ['/colony-pace', 'PUT'],
  ['/colony-pause', 'POST'],
  ['/colony-resume', 'POST'],
  ['/colony-scale', 'PUT'],
  ['/colony-start', 'POST'],
  ['/colony-step', 'POST'],
  ['/colony-stop', 'POST'],
]);

/** Whether a request is one of the API. */
export function isPassed(method: string, pathname: string): boolean {
  if (method === 'GET' || method === 'HEAD') {
    return GETS.includes(pathname) || FILE.test(pathname) || PICTURE.test(pathname);
  }
  if (method === 'DELETE') return EVENT.test(pathname);
  return OTHERS.get(pathname) === method;
}
