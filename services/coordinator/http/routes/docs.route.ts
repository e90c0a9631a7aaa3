import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { answerFile, answerText } from '../assets.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';

/** @param up from the address of the page to the root of the server; the latter may have a prefix. */
const page = (up: '' | '../') => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Distributed Colony: the HTTP API</title>
    <link rel="icon" href="${up}dashboard/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="${up}docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${up}docs/swagger-ui-bundle.js"></script>
    <script src="${up}docs/init.js"></script>
  </body>
</html>
`;

/** In a file of its own, as the content security policy allows no script inside the page. */
const INIT = `window.ui = SwaggerUIBundle({
  url: new URL('../openapi.json', document.currentScript.src).href,
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});
`;

/** `/docs`: the OpenAPI document to read and to try, without a request to any other host. */
export function docsRoutes({ assetsDir }: HttpOptions) {
  const swagger = swaggerFolder(assetsDir);
  const app = new OpenAPIHono<HttpEnv>();
  app.get('/docs', (c) => answerText(c, page(''), 'text/html; charset=utf-8'));
  app.get('/docs/', (c) => answerText(c, page('../'), 'text/html; charset=utf-8'));
  app.get('/docs/init.js', (c) => answerText(c, INIT, 'text/javascript; charset=utf-8'));
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    app.get(`/docs/${file}`, (c) => answerFile(c, swagger, file));
  }
  return app;
}

/** Where the build puts Swagger UI, else the package; undefined if there is neither. */
function swaggerFolder(assetsDir: string | undefined): string | undefined {
  const built = assetsDir === undefined ? undefined : path.join(assetsDir, 'swagger');
  if (built !== undefined && existsSync(built)) return built;
  try {
    const { resolve } = createRequire(import.meta.url);
    return path.dirname(resolve('swagger-ui-dist/package.json'));
  } catch {
    return undefined;
  }
}
