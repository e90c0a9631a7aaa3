import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { type HttpInput, requestIn, toRequest } from '../input/http-request.ts';
import { mutatedJson } from '../input/mutate-json.ts';
import { outcomeOf } from '../input/problem-answer.ts';
import { grownBy, holds, jsonBytes, never, type Target } from '../target.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
/** Stands for the instance of the colony that there is. */
const INSTANCE = 'INSTANCE';

/** A request of each route of the public API, as its clients make them. */
const API_REQUESTS: readonly HttpInput[] = [
  ...[
    '/colony',
    '/cluster',
    '/topology',
    '/checkpoints',
    '/pictures',
    '/version',
    '/healthz',
    '/readyz',
    '/metrics',
    '/openapi.json',
    '/docs',
    '/',
  ].map((path) => ({ method: 'GET', path, headers: { accept: '*/*', 'if-none-match': '"x"' } })),
  { method: 'GET', path: '/digests', query: { from: '0', limit: '10' } },
  { method: 'GET', path: '/colony-events', query: { from: '0', limit: '10' } },
  { method: 'GET', path: '/colony-events', query: { limit: '5' } },
  {
    method: 'GET',
    path: '/statistics',
    query: { from: '0', to: '100', points: '10', format: 'csv' },
  },
  { method: 'GET', path: '/surveys', query: { from: '0', to: '100', points: '10' } },
  {
    method: 'GET',
    path: '/frame',
    query: { layer: 'food', x: '0', y: '0', width: '96', height: '64', scale: '1' },
  },
  {
    method: 'GET',
    path: '/tiles',
    query: {
      layer: 'colour',
      zoom: '0',
      x: '0',
      y: '0',
      columns: '1',
      rows: '1',
      since: '00000000000000aa',
    },
  },
  { method: 'GET', path: '/cells', query: { x: '90', y: '60', width: '8', height: '8' } },
  { method: 'GET', path: '/pictures/100' },
  {
    method: 'POST',
    path: '/colony-start',
    query: { idempotency_key: 'k', wait: '1' },
    headers: JSON_TYPE,
    body: { width: 96, height: 64, shardSize: 16, seed: 1, rules: {} },
  },
  {
    method: 'POST',
    path: '/colony-start',
    query: {},
    headers: { ...JSON_TYPE, 'idempotency-key': 'k' },
    body: {},
  },
  { method: 'POST', path: '/colony-stop', query: { colony_instance_id: INSTANCE } },
  { method: 'POST', path: '/colony-pause', headers: { origin: 'http://10.0.0.1:8083' } },
  { method: 'POST', path: '/colony-resume' },
  { method: 'POST', path: '/colony-step', query: { ticks: '3', idempotency_key: 's1' } },
  { method: 'PUT', path: '/colony-pace', headers: JSON_TYPE, body: { ticksPerSecond: 30 } },
  {
    method: 'PUT',
    path: '/colony-scale',
    headers: JSON_TYPE,
    body: { backends: 2 },
    chunkBytes: 3,
  },
  {
    method: 'POST',
    path: '/colony-events',
    query: { idempotency_key: 'e1' },
    headers: JSON_TYPE,
    body: { kind: 'foodDrop', x: 3, y: 4, radiusX: 5, radiusY: 6, amount: 7 },
  },
  {
    method: 'POST',
    path: '/colony-events',
    query: { idempotency_key: 'e2' },
    headers: JSON_TYPE,
    body: { kind: 'ruleChange', rule: 'breedBase', percent: 10, tick: 100_000 },
  },
  { method: 'DELETE', path: '/colony-events/1' },
];

/** By method and path of the contract, `/colony-events/{sequence}`: the statuses that it names. */
type Contract = ReadonlyMap<string, ReadonlySet<string>>;

async function contractOf(member: CoordinatorMember): Promise<Contract> {
  const document = (await (await member.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { responses: object }>>;
  };
  return new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => [
        `${method.toUpperCase()} ${path}`,
        new Set(Object.keys(responses)),
      ]),
    ),
  );
}

/** A status that the contract does not name for its route; none where there is no such route. */
function assertInContract(contract: Contract, method: string, url: string, status: number): void {
  const { pathname } = new URL(url);
  for (const [route, statuses] of contract) {
    const [verb = '', path = ''] = route.split(' ');
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    if (verb !== (method === 'HEAD' ? 'GET' : method) || !pattern.test(pathname)) continue;
    holds(
      statuses.has(String(status)),
      `${route} answers ${status}, its contract names ${[...statuses]}`,
    );
    return;
  }
}

/** Real coordinators and a backend; what is done to the colony is undone by a new one once in a while. */
export const publicApi: Target = {
  name: 'public-api',
  reads: [
    'services/coordinator/http/requests/json-body.ts',
    'services/coordinator/http/leader-forwarding.ts',
    'services/platform/http/bounded-body.ts',
  ],
  async open() {
    const cluster = new ColonyCluster({ ticksPerSecond: 20, startTimeoutMs: 5_000 });
    const leader = await cluster.addCoordinator();
    await cluster.clock.advance(500);
    const standby = await cluster.addCoordinator();
    await cluster.addBackend();
    await cluster.clock.advance(500);
    await cluster.during(colonyStart(leader, 'first', { waitSeconds: 25, body: {} }));
    const contract = await contractOf(leader);
    let [runs, starts] = [0, 0];
    const isStarted = async () => (await cluster.store.read()).status === 'TopographyInitialized';
    return {
      seeds: API_REQUESTS.map(jsonBytes),
      inputs: mutatedJson(API_REQUESTS),
      async run(input) {
        const said = requestIn(input);
        if (said === undefined) return 'no request';
        if (!(await isStarted())) {
          await cluster.during(
            colonyStart(leader, `again-${++starts}`, { waitSeconds: 25, body: {} }),
          );
        }
        const { colonyInstanceId = '' } = await cluster.store.read();
        const member = runs++ % 2 === 0 ? leader : standby;
        const request = toRequest(withInstance(said, colonyInstanceId), member.origin);
        if (request === undefined) return 'no request';
        const { method, url } = request;
        const { body, headers } = request;
        const sent = {
          method,
          headers,
          ...(body !== null && { body, duplex: 'half' }),
        } as RequestInit;
        const answer = await cluster.during(member.request(url.slice(member.origin.length), sent));
        assertInContract(contract, method, url, answer.status);
        return cluster.during(outcomeOf(answer));
      },
      isDocumented: never,
      // A picture, and what the colony makes of its seconds of virtual time.
      maxAllocation: grownBy(1_024, 512 * 2 ** 20),
      close: () => cluster.close(),
    };
  },
};

function withInstance(input: HttpInput, instance: string): HttpInput {
  if (typeof input.query !== 'object') return input;
  const entries = Object.entries(input.query).map(([name, value]) => [
    name,
    value === INSTANCE ? instance : value,
  ]);
  return { ...input, query: Object.fromEntries(entries) };
}
