import { OpenAPIHono } from '@hono/zod-openapi';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { BodyBudget } from '../../platform/http/body-budget.ts';
import { hostGuard, originGuard } from '../../platform/http/host-guard.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { notFound } from './assets.ts';
import type { HttpEnv, HttpOptions } from './http-options.ts';
import { answerError, problem } from './problems.ts';
import { describeZodError } from './requests/describe-zod-error.ts';
import { receiveBody } from './requests/receive-body.ts';
import { requestLabels } from './requests/request-labels.ts';
import { clusterRoutes } from './routes/cluster.route.ts';
import { docsRoutes } from './routes/docs.route.ts';
import { eventRoutes } from './routes/events.route.ts';
import { frameRoutes } from './routes/frame.route.ts';
import { healthRoutes } from './routes/health.route.ts';
import { metricsRoutes } from './routes/metrics.route.ts';
import { pageRoutes } from './routes/page.route.ts';
import { pictureRoutes } from './routes/pictures.route.ts';
import { runRoutes } from './routes/run.route.ts';
import { seriesRoutes } from './routes/series.route.ts';
import { startRoutes } from './routes/start.route.ts';
import { tileRoutes } from './routes/tiles.route.ts';
import { watchRoutes } from './routes/watch.route.ts';

/** Everything the page needs is served from here; there is no CORS, and no other site may frame it. */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** How errors name what is not valid. */
const PARAMETERS: Record<string, string> = { query: 'query parameter', param: 'path parameter' };

/**
 * The public HTTP API of a coordinator, its documentation and the live page.
 *
 * @example
 * const app = createHttpApp(options);
 * const answer = await app.request('/healthz');
 */
export function createHttpApp(http: HttpOptions): OpenAPIHono<HttpEnv> {
  const { log, clock } = http;
  const app = new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const kind = PARAMETERS[result.target] ?? result.target;
      const { data } = result as unknown as { data: unknown };
      throw new ColonyError('BAD_REQUEST', describeZodError(result.error, kind, data));
    },
  });
  app.onError(answerError(log));
  app.notFound((c) => problem(c, notFound(c)));

  app.use(requestId({ generator: http.requestId, limitLength: 64 }));
  app.use(async (c, next) => {
    const startedMs = clock.nowMs();
    await next();
    const tookMs = clock.nowMs() - startedMs;
    http.service.answered(requestLabels(c), tookMs / 1000);
    const durationMs = Math.round(tookMs);
    const { method, path } = c.req;
    const { status } = c.res;
    log.debug({ requestId: c.get('requestId'), method, path, status, durationMs }, 'answered');
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      xFrameOptions: 'DENY',
      // TLS, where there is any, ends before this server.
      strictTransportSecurity: false,
    }),
  );
  app.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const detail = `${c.req.method} is not allowed at ${c.req.path}: ${methods.join(', ')} are`;
        c.header('Allow', methods.join(', '));
        return problem(c, new ColonyError('METHOD_NOT_ALLOWED', detail));
      },
    }),
  );
  app.use(hostGuard(http), originGuard);
  app.use(receiveBody(new BodyBudget()));

  app.route('/', startRoutes(http));
  app.route('/', runRoutes(http));
  app.route('/', watchRoutes(http));
  app.route('/', clusterRoutes(http));
  app.route('/', eventRoutes(http));
  app.route('/', frameRoutes(http));
  app.route('/', seriesRoutes(http));
  app.route('/', tileRoutes(http));
  app.route('/', pictureRoutes(http));
  app.route('/', healthRoutes(http));
  app.route('/', metricsRoutes(http));
  app.get('/openapi.json', (c) => c.json(openApiDocument(app, http)));
  app.route('/', docsRoutes(http));
  app.route('/', pageRoutes(http));
  return app;
}

/** The contract of the API, made from the routes (OpenAPI 3.1). */
export function openApiDocument(
  app: OpenAPIHono<HttpEnv>,
  { name, version }: Pick<HttpOptions, 'name' | 'version'>,
) {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: `Distributed Colony: ${name}`,
      version: version.version,
      description:
        'Start, run and watch a colony. Every error is a problem document (RFC 9457) with a stable code. Query parameters that are not named here are refused.',
      license: { name: 'MIT' },
    },
  });
}
