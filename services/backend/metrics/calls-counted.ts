import type { MiddlewareHandler } from 'hono';
import type { ProcessMetrics } from '../../platform/observability/process-metrics.ts';
import { RPC, type RpcMethodName, rpcPath } from '../../protocol/wire/rpc.ts';
import type { BackendMetrics } from './backend-metrics.ts';

const METHODS = new Map(
  (Object.keys(RPC) as RpcMethodName[]).map((method) => [rpcPath(method), method]),
);

/** Counts calls by what they were answered; other requests are none. */
export function callsCounted(
  metrics: Pick<ProcessMetrics<BackendMetrics>, 'count'>,
): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const method = METHODS.get(context.req.path);
    if (method === undefined) return;
    const { status } = context.res;
    const outcome = status < 400 ? 'answered' : status < 500 ? 'refused' : 'failed';
    metrics.count('colony_backend_rpc_calls_total', { method, outcome });
  };
}
