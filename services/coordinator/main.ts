import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { createCompute } from '../platform/compute/create-compute.ts';
import { defaultSpecOf, parseCoordinatorConfig } from '../platform/config/coordinator-config.ts';
import { notReadyYet } from '../platform/http/problem-answer.ts';
import { createTracing } from '../platform/observability/create-tracing.ts';
import { EmfMetrics } from '../platform/observability/emf-metrics.ts';
import { ProcessMetrics } from '../platform/observability/process-metrics.ts';
import { createServiceLog } from '../platform/observability/service-log.ts';
import { healthProblem } from '../platform/process/health.ts';
import { LastContact } from '../platform/process/last-contact.ts';
import { raiseProcessPriority } from '../platform/process/process-priority.ts';
import {
  type App,
  endWithSignals,
  listen,
  runService,
} from '../platform/process/service-process.ts';
import { ownPlace } from '../platform/process/task-metadata.ts';
import { ColonyRecords } from '../platform/record/colony-records.ts';
import { WatchedRecordStore } from '../platform/record/watched-record-store.ts';
import { createRegistry } from '../platform/registry/create-registry.ts';
import { keepRegistered } from '../platform/registry/registration.ts';
import { addressProblem } from '../platform/registry/registry-addresses.ts';
import { getJson } from '../platform/rpc/get-json.ts';
import { RpcClient } from '../platform/rpc/rpc-client.ts';
import { UndiciTransport } from '../platform/rpc/undici-transport.ts';
import { SystemClock } from '../platform/runtime/system-clock.ts';
import { SystemRandomness } from '../platform/runtime/system-randomness.ts';
import {
  createSnapshotStore,
  snapshotStoreConfig,
} from '../platform/snapshots/create-snapshot-store.ts';
import { originOf, PROTOCOL_VERSION, type RegistryEntry } from '../protocol/wire/registry-entry.ts';
import { ENGINE_VERSION } from '../world/spec/spec.ts';
import { Coordinator } from './coordinator.ts';
import { createStores } from './create-stores.ts';
import { createHttpApp } from './http/app.ts';
import { createForward } from './http/forward.ts';
import { COORDINATOR_METRICS } from './metrics/coordinator-metrics.ts';
import type { StageHook } from './term/stages.ts';
import { ThreadTiles } from './watching/tiles/thread-tiles.ts';

/** The composition root of a coordinator process: the only place that knows its platform. */

/** Bundles lie flat in one folder, with the page and the API's documentation beside them. */
const ASSETS_DIR = fileURLToPath(new URL('.', import.meta.url));

/** How long a leader that is told to end goes on leading for the requests that are under way. */
const LEAD_ON_MS = 2_000;

/** For tests of faults: ends this very process at a point of a start, as kill -9 would. */
function crashAt(point: string | undefined): StageHook {
  return (reached) => {
    if (reached === point) process.kill(process.pid, 'SIGKILL');
  };
}

async function run(): Promise<void> {
  // On one machine backends tick on all processors, and whoever looks at the colony waits for this process.
  raiseProcessPriority();
  const { argv, env } = process;
  const { config, warnings } = parseCoordinatorConfig({ argv: argv.slice(2), env });
  const randomness = new SystemRandomness();
  const bootId = randomness.uuid();
  const id = config.processName ?? `coordinator-${bootId.slice(0, 8)}`;
  const clock = new SystemClock();
  const log = createServiceLog({ config, fields: { service: 'coordinator', id }, clock });
  for (const warning of warnings) log.warn({}, warning);
  const { otlpEndpoint: endpoint, colonyName } = config;
  const tracing = await createTracing({ endpoint, service: 'colony-coordinator', id, colonyName });
  const registry = createRegistry(config, log);
  const contacts = { registry: new LastContact(clock), record: new LastContact(clock) };
  const transport = new UndiciTransport();
  const { forward, close: closeForward } = createForward({ clock });
  const isAws = config.platform === 'aws';
  const { address: host, taskArn } = await ownPlace({
    config,
    interfaces: networkInterfaces(),
    metadataUri: env['ECS_CONTAINER_METADATA_URI_V4'],
    getJson,
    clock,
    randomness,
    log,
  });

  // The address is known once it listens; the coordinator behind it is made a moment later.
  let app: App = { fetch: notReadyYet };
  const listener = await listen(
    { fetch: (request, env) => app.fetch(request, env) },
    { host: config.host, port: config.httpPort, keepAliveMs: config.keepAliveMs, log },
  );
  const { port } = listener;
  const entry = {
    id,
    bootId,
    address: host,
    rpcPort: port,
    httpPort: port,
    ...(taskArn !== undefined && { taskArn }),
    startedAt: clock.wallTime(),
    version: packageJson.version,
    protocolVersion: PROTOCOL_VERSION,
  };
  const rpc = new RpcClient({ transport, secret: config.rpcSecret, selfBootId: bootId, tracing });
  const tiles = new ThreadTiles({ data: { secret: config.rpcSecret }, clock, randomness, log });
  const { record, ...stores } = createStores(config, { rpc, clock, randomness });
  const figures = new ProcessMetrics(COORDINATOR_METRICS, { ofProcess: true });
  const coordinator = new Coordinator({
    figures,
    settings: { ...config, defaultSpec: defaultSpecOf(config) },
    entry,
    address: originOf(host, port),
    store: new ColonyRecords({
      store: new WatchedRecordStore(record, contacts.record, (outcome) =>
        figures.count('colony_record_writes_total', { outcome }),
      ),
      clock,
      randomness,
    }),
    ...stores,
    snapshots: createSnapshotStore(snapshotStoreConfig(config)),
    registry,
    rpc,
    tiles,
    clock,
    randomness,
    log,
    getJson,
    capacity: {
      compute: createCompute(config),
      backendCount: config.backendCount,
      spotShare: config.backendSpotShare,
    },
    ...(isAws && {
      metrics: new EmfMetrics({ colonyName, wallTime: () => clock.wallTime() }),
      entryProblem: (other: RegistryEntry) => addressProblem(other, config.rpcPort),
    }),
    hook: crashAt(config.crashAtStage),
    tracing,
  });
  app = createHttpApp({
    service: coordinator,
    log,
    clock,
    name: colonyName,
    id,
    version: {
      name: 'distributed-colony',
      version: packageJson.version,
      engineVersion: ENGINE_VERSION,
      protocolVersion: PROTOCOL_VERSION,
      node: process.version,
    },
    allowedHosts: config.allowedHosts,
    ownAddresses: [host],
    forward,
    assetsDir: ASSETS_DIR,
    unhealthy: () => healthProblem(contacts),
    requestId: () => randomness.uuid(),
  });
  log.info({ bootId, host: config.host, port, pid: process.pid }, 'Listening.');

  const leaving = new AbortController();
  const stopping = new AbortController();
  const registered = keepRegistered(
    registry,
    'coordinators',
    entry,
    { clock, randomness, log, contact: contacts.registry },
    leaving.signal,
  );
  const led = coordinator.run(stopping.signal);
  const { drainMs } = config;
  endWithSignals({
    log,
    port,
    drainMs,
    // Nobody is sent here any more; what was asked is answered, most of it still as the leader. A start
    // that is held does not keep the next leader waiting for that.
    stop: async () => {
      listener.refuse();
      leaving.abort();
      await listener.settled(Math.min(drainMs, LEAD_ON_MS));
      stopping.abort();
      await Promise.all([registered, led, listener.settled(drainMs - LEAD_ON_MS)]);
      const open = [transport, tiles, ...(tracing === undefined ? [] : [tracing])];
      await Promise.all([listener.close(), closeForward(), ...open.map((each) => each.close())]);
    },
  });
}

runService('coordinator', run);
