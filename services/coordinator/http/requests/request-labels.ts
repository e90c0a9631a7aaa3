import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import { COUNTED_METHODS, type RequestLabels } from '../../metrics/coordinator-metrics.ts';
import type { HttpEnv } from '../http-options.ts';

/** What middleware is registered for: it matches any path. */
const ANY_PATH = '/*';

/** How an answered request is counted: strangers can make up paths and methods, but no further series. */
export function requestLabels(c: Context<HttpEnv>): RequestLabels {
  const { method } = c.req;
  const matched = matchedRoutes(c).findLast(({ path }) => path !== ANY_PATH);
  return {
    // Hono's patterns of parameters, such as :sequence{[0-9]+}, are no names.
    route: matched?.path.replace(/\{[^/]*\}/g, '') ?? 'unknown',
    method: COUNTED_METHODS.find((known) => known === method) ?? 'other',
    status: `${Math.floor(c.res.status / 100)}xx` as RequestLabels['status'],
  };
}
