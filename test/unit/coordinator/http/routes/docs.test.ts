import { expect, test } from 'vitest';
import { fixture } from '../fake-colony-api.ts';

interface Operation {
  summary?: string;
  parameters?: { name: string; in: string; description?: string }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}
type Paths = Record<string, Record<string, Operation>>;

const { app, send, request } = fixture();
const document = async () =>
  (await send('GET', '/openapi.json')).body as {
    openapi: string;
    paths: Paths;
    components: { schemas: Record<string, unknown> };
  };

const operations = (paths: Paths) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );

/** Of the document and its page itself. */
const undocumented = /^GET \/(|openapi\.json|docs.*|dashboard\/.*)$/;

test('every route is in the document', async () => {
  const { openapi, paths } = await document();
  expect(openapi).toBe('3.1.0');
  const routes = new Set(
    app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
      .filter((route) => !undocumented.test(route)),
  );
  expect(
    operations(paths)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...routes].sort());
  expect(routes.size).toBe(26);
});

test('every route says what it does and how it is refused', async () => {
  const { paths } = await document();
  for (const { name, operation } of operations(paths)) {
    expect(operation.summary, name).toBeTruthy();
    for (const status of ['200', '400', '421', '500']) {
      expect(Object.keys(operation.responses), name).toContain(status);
    }
    if (!name.startsWith('GET')) {
      expect(Object.keys(operation.responses), name).toEqual(
        expect.arrayContaining(['403', '413']),
      );
    }
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(response.description, `${name} ${status}`).toBeTruthy();
      if (Number(status) < 400 || ['GET /healthz', 'GET /readyz'].includes(name)) continue;
      expect(Object.keys(response.content ?? {}), `${name} ${status}`).toEqual([
        'application/problem+json',
      ]);
    }
  }
});

test('the answers of colony-start are those of its table', async () => {
  const { paths } = await document();
  const { responses } = paths['/colony-start']!['post']!;
  expect(Object.keys(responses)).toEqual(
    expect.arrayContaining(['200', '202', '400', '409', '422', '503']),
  );
});

test('query parameters have a description', async () => {
  const { paths } = await document();
  const all = operations(paths).flatMap(({ operation }) => operation.parameters ?? []);
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter(({ description }) => !description)).toEqual([]);
});

test('every reference leads somewhere', async () => {
  const whole = await document();
  const references = [...JSON.stringify(whole).matchAll(/"\$ref":"([^"]+)"/g)].map(([, r]) => r);
  expect(references.length).toBeGreaterThan(10);
  for (const reference of new Set(references)) {
    const name = reference?.replace('#/components/schemas/', '') ?? '';
    expect(Object.keys(whole.components.schemas), reference).toContain(name);
  }
});

test('the page of the document refers to no other host', async () => {
  const page = await (await request('GET', '/docs')).text();
  const init = await (await request('GET', '/docs/init.js')).text();
  expect(page).toContain('docs/swagger-ui-bundle.js');
  expect(init).toContain('validatorUrl: null');
  expect(page + init).not.toMatch(/(https?:)?\/\/[a-z]/i);
  expect(page).not.toMatch(/<script>|<style|\son[a-z]+=/);
});

test.each(['/docs', '/docs/', '/prod/docs', '/prod/docs/'])(
  'at %s all that the page refers to is found where it is served',
  async (address) => {
    const [, prefix = '', path = ''] = /^(\/prod)?(.*)$/.exec(address) ?? [];
    const page = await (await request('GET', path)).text();
    const at = (reference: string) => new URL(reference, `http://host${address}`).pathname;
    const references = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, r = '']) => at(r));
    expect(references).toEqual(
      [
        '/dashboard/icon.svg',
        '/docs/swagger-ui.css',
        '/docs/swagger-ui-bundle.js',
        '/docs/init.js',
      ].map((file) => prefix + file),
    );
  },
);

test('the document is looked for beside the folder of its script, wherever that is served', async () => {
  const init = await (await request('GET', '/docs/init.js')).text();
  const shown: { url?: string } = {};
  const bundle = (options: { url: string }) => Object.assign(shown, options);
  const document = { currentScript: { src: 'http://host/prod/docs/init.js' } };
  new Function('window', 'document', 'SwaggerUIBundle', init)(
    {},
    document,
    Object.assign(bundle, { presets: {} }),
  );
  expect(shown.url).toBe('http://host/prod/openapi.json');
});

test.each([
  ['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
  ['/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
])('%s is served from here', async (path, contentType) => {
  const answer = await request('GET', path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(contentType);
  const headers = { 'if-none-match': answer.headers.get('etag') ?? '' };
  expect((await request('GET', path, { headers })).status).toBe(304);
});
