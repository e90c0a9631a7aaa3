import path from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { answerFile } from '../assets.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';

/** `/` and what it loads from `/dashboard/`. */
export function pageRoutes({ assetsDir }: HttpOptions) {
  const folder = assetsDir === undefined ? undefined : path.join(assetsDir, 'dashboard');
  const app = new OpenAPIHono<HttpEnv>();
  app.get('/', (c) => answerFile(c, folder, 'index.html'));
  app.get('/dashboard/:file', (c) => answerFile(c, folder, c.req.param('file')));
  return app;
}
