import { availableParallelism, networkInterfaces, totalmem } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };
import { createEngine } from '../kernel/create-engine.ts';
import { KERNEL_MEMORY_MAX_BYTES, KernelMemory } from '../kernel/kernel-memory.ts';
import { loadKernel } from '../kernel/load-kernel.ts';
import { MEMORY_SHARE, parseBackendConfig } from '../platform/config/backend-config.ts';
import { createTracing } from '../platform/observability/create-tracing.ts';
import { ProcessMetrics } from '../platform/observability/process-metrics.ts';
import { readProcessUsage } from '../platform/observability/process-usage.ts';
import { createServiceLog } from '../platform/observability/service-log.ts';
import { healthProblem } from '../platform/process/health.ts';
import { LastContact } from '../platform/process/last-contact.ts';
import { endWithSignals, listen, runService } from '../platform/process/service-process.ts';
import { ownPlace } from '../platform/process/task-metadata.ts';
import { createRegistry } from '../platform/registry/create-registry.ts';
import { keepRegistered } from '../platform/registry/registration.ts';
import { getJson } from '../platform/rpc/get-json.ts';
import { UndiciTransport } from '../platform/rpc/undici-transport.ts';
import { SystemClock } from '../platform/runtime/system-clock.ts';
import { SystemRandomness } from '../platform/runtime/system-randomness.ts';
import { createCompression } from '../platform/snapshots/compression.ts';
import {
  createSnapshotStore,
  snapshotStoreConfig,
} from '../platform/snapshots/create-snapshot-store.ts';
import { PROTOCOL_VERSION } from '../protocol/wire/registry-entry.ts';
import { createBackend } from './app.ts';
import { restoreFrom } from './checkpoints/restore.ts';
import { ThreadWriter } from './checkpoints/thread-writer.ts';
import { packingOf } from './checkpoints/writer-thread.ts';
import { CoordinatorWatch } from './coordinator-watch.ts';
import { BACKEND_METRICS } from './metrics/backend-metrics.ts';

/** The composition root of a backend process: the only place that knows its platform. */

/** Some ten microseconds: more than threads that share the work are apart at the end of a phase. */
const SPINS = 2000;

function memoryLimitBytes(limitMiB: number | undefined): number {
  if (limitMiB !== undefined) return limitMiB * 2 ** 20;
  const constrained = process.constrainedMemory();
  const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.floor(bytes * MEMORY_SHARE);
}

async function run(): Promise<void> {
  const { argv, env } = process;
  const { config, warnings } = parseBackendConfig({ argv: argv.slice(2), env });
  const randomness = new SystemRandomness();
  const bootId = randomness.uuid();
  const id = config.processName ?? `backend-${bootId.slice(0, 8)}`;
  const clock = new SystemClock();
  const log = createServiceLog({ config, fields: { service: 'backend', id }, clock });
  for (const warning of warnings) log.warn({}, warning);
  const { otlpEndpoint: endpoint, colonyName } = config;
  const tracing = await createTracing({ endpoint, service: 'colony-backend', id, colonyName });
  const processors = availableParallelism();
  const threads = config.threads ?? processors;
  // A thread that looks for the others to be done keeps one of them from it, unless one is free.
  const spins = threads < processors ? SPINS : 0;
  const memory = new KernelMemory();
  // The reference needs no compiler.
  const kernel = config.kernel === 'wasm' ? { module: loadKernel() } : {};
  const snapshots = snapshotStoreConfig(config);
  const memoryBytes = memoryLimitBytes(config.memoryLimitMiB);
  const startedAt = clock.wallTime();
  const registry = createRegistry(config, log);
  const contact = new LastContact(clock);
  const transport = new UndiciTransport();
  const watch = new CoordinatorWatch({ registry, getJson, clock, log });
  const place = await ownPlace({
    config,
    interfaces: networkInterfaces(),
    metadataUri: env['ECS_CONTAINER_METADATA_URI_V4'],
    getJson,
    clock,
    randomness,
    log,
  });
  const backend = createBackend({
    createEngine: () => createEngine(config.kernel, { ...kernel, threads, spins, memory }),
    // The reference has none.
    threads: config.kernel === 'reference' ? 1 : threads,
    checkpoints: {
      writer: new ThreadWriter({ data: { store: snapshots, ...kernel }, clock }),
      colonyName: config.colonyName,
    },
    originCells: restoreFrom({
      store: createSnapshotStore(snapshots),
      compression: createCompression(),
      packing: () => packingOf(kernel.module),
      clock,
    }),
    bootId,
    id,
    pid: process.pid,
    clock,
    randomness,
    log,
    rpcSecret: config.rpcSecret,
    transport,
    memoryLimitBytes: memoryBytes,
    usage: readProcessUsage(clock),
    tracing,
    metrics: new ProcessMetrics(BACKEND_METRICS, { ofProcess: true }),
    coordinator: () => watch.sighting,
    ownAddresses: [place.address],
    unhealthy: () => healthProblem({ registry: contact }),
  });
  const app = { fetch: backend.app.fetch, upgrade: backend.upgrade };
  const listener = await listen(app, { host: config.host, port: config.rpcPort, log });
  const { port } = listener;
  log.info({ bootId, host: config.host, port, pid: process.pid }, 'Listening.');

  const stopping = new AbortController();
  const { signal } = stopping;
  const entry = {
    id,
    bootId,
    ...place,
    rpcPort: port,
    httpPort: port,
    startedAt,
    version: packageJson.version,
    protocolVersion: PROTOCOL_VERSION,
    memoryLimitBytes: Math.min(memoryBytes, KERNEL_MEMORY_MAX_BYTES),
  };
  const registered = keepRegistered(
    registry,
    'backends',
    entry,
    { clock, randomness, log, contact },
    signal,
  );
  const watched = watch.run(signal);

  const { drainMs } = config;
  endWithSignals({
    log,
    port,
    drainMs: config.handOverMs + drainMs,
    stop: async (atOnce) => {
      if (!(await backend.drain(config.handOverMs, atOnce)) && !atOnce.aborted) {
        log.warn({}, 'Its shards were not handed over.');
      }
      const closed = backend.close();
      stopping.abort();
      await Promise.all([closed, registered, watched, listener.settled(drainMs)]);
      await Promise.all([listener.close(), transport.close(), tracing?.close()]);
    },
  });
}

runService('backend', run);
