import { afterEach, expect, test } from 'vitest';
import {
  type App,
  type Listener,
  listen,
} from '../../../services/platform/process/service-process.ts';
import { ColonyCluster } from '../../simulation/colony-cluster.ts';
import { readMetrics } from '../../support/metrics-text.ts';

/** Both kinds of processes in one, on real sockets, as Prometheus reads them. */

const cluster = new ColonyCluster();
const listeners: Listener[] = [];
afterEach(async () => {
  await cluster.close();
  await Promise.all(listeners.map((listener) => listener.close()));
});

async function scraped(app: App): Promise<Response> {
  const listener = await listen(app, { host: '127.0.0.1', port: 0 });
  listeners.push(listener);
  return fetch(`http://127.0.0.1:${listener.port}/metrics`);
}

test('a coordinator and a backend are scraped over HTTP, each with figures of its own', async () => {
  const { backend } = await cluster.addBackend();
  const coordinator = await cluster.addCoordinator();
  const answers = await Promise.all([
    scraped({ fetch: (request) => coordinator.request(new URL(request.url).pathname) }),
    scraped({ fetch: backend.app.fetch }),
  ]);
  const families = await Promise.all(
    answers.map(async (answer) => readMetrics(await answer.text())),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const [ofCoordinator, ofBackend] = families.map((each) => new Set(each.keys()));
  expect([...(ofCoordinator ?? [])].filter((name) => ofBackend?.has(name))).toEqual([
    'colony_build_info',
  ]);
  expect(ofCoordinator).toContain('colony_leader');
  expect(ofBackend).toContain('colony_backend_state');
});
