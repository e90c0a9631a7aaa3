import { Hono } from 'hono';
import packageJson from '../../package.json' with { type: 'json' };
import type { Engine } from '../kernel/engine.ts';
import { ReferenceEngine } from '../kernel/reference-engine.ts';
import { BodyBudget } from '../platform/http/body-budget.ts';
import { hostCheck, hostGuard, pageGuard } from '../platform/http/host-guard.ts';
import { problemAnswer } from '../platform/http/problem-answer.ts';
import { buildInfo } from '../platform/observability/build-info.ts';
import type { Log } from '../platform/observability/log.ts';
import { METRICS_CONTENT_TYPE, ProcessMetrics } from '../platform/observability/process-metrics.ts';
import type { ProcessUsage } from '../platform/observability/process-usage.ts';
import type { Tracing } from '../platform/observability/tracing.ts';
import type { UpgradeHandler } from '../platform/rpc/byte-stream.ts';
import { RpcClient } from '../platform/rpc/rpc-client.ts';
import { asColonyError, rpcMethod } from '../platform/rpc/rpc-server.ts';
import type { Transport } from '../platform/rpc/transport.ts';
import type { Clock } from '../platform/runtime/clock.ts';
import type { Randomness } from '../platform/runtime/randomness.ts';
import { ColonyError } from '../protocol/common/errors.ts';
import { PROTOCOL_VERSION } from '../protocol/wire/registry-entry.ts';
import { type BackendStatus, rpcPath } from '../protocol/wire/rpc.ts';
import { ReplayGuard } from '../protocol/wire/rpc-auth.ts';
import type { CheckpointPlace } from './checkpoints/checkpointing.ts';
import type { OriginCells } from './checkpoints/origin-cells.ts';
import type { CoordinatorSighting } from './coordinator-watch.ts';
import type { HaloTiming } from './halos/halo-exchange.ts';
import { type HaloHost, HaloPublisher } from './halos/halo-publisher.ts';
import { StreamHaloTransport } from './halos/stream-halo-transport.ts';
import { FenceGuard } from './hosting/fence-guard.ts';
import { Hosting } from './hosting/hosting.ts';
import { BACKEND_METRICS, type BackendMetrics } from './metrics/backend-metrics.ts';
import { callsCounted } from './metrics/calls-counted.ts';

export interface BackendOptions {
  bootId: string;
  /** A name for people. */
  id: string;
  pid: number;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  rpcSecret: string;
  transport: Transport;
  /** Creates the engine of a topology. @default the reference */
  createEngine?: () => Engine;
  /** How many threads of the engine share the work. @default 1 */
  threads?: number;
  /** The cells of states that worlds start from. @default none: they start from genesis only */
  originCells?: OriginCells;
  /** Where checkpoints are written. @default none: those that are asked for fail */
  checkpoints?: CheckpointPlace;
  /** Bytes that the shards may take. */
  memoryLimitBytes: number;
  /** What the process takes of its machine. @default nothing is known of that: zeros */
  usage?: () => ProcessUsage;
  /** Told of calls that belong to a start or a recovery. @default nobody is */
  tracing?: Tracing | undefined;
  /** When missing halos are pulled. */
  haloTiming?: HaloTiming;
  /** The coordinator found last, for `/healthz`. */
  coordinator?: () => CoordinatorSighting | undefined;
  /** The hosts under which this backend is reached, beside loopback names. */
  ownAddresses?: readonly string[];
  /** What `/metrics` shows. @default the backend's own figures, and none of its process */
  metrics?: ProcessMetrics<BackendMetrics>;
  /** For `/readyz`: why it is not ready to serve, or undefined. */
  notReady?: () => string | undefined;
  /** For `/healthz`: why the process should be replaced, or undefined. @default it never should */
  unhealthy?: () => string | undefined;
}

export interface Backend {
  app: Hono;
  /** Answers neighbours that ask for halos. */
  upgrade: UpgradeHandler;
  status(): BackendStatus;
  /**
   * Hands its shards over to others, if a leader takes them; resolves with whether it holds none.
   *
   * @param atOnce ends the waiting once it is aborted.
   */
  drain(atMostMs: number, atOnce?: AbortSignal): Promise<boolean>;
  /** Fails readiness, stops ticking, releases what is held. */
  close(): Promise<void>;
}

/** A backend: hosts shards and ticks them as the leader asks. It opens no port by itself. */
export function createBackend(options: BackendOptions): Backend {
  const { bootId, id, pid, clock, randomness, log } = options;
  const { rpcSecret, transport, memoryLimitBytes } = options;
  const metrics = options.metrics ?? new ProcessMetrics(BACKEND_METRICS);
  const guard = new FenceGuard();
  const client = new RpcClient({ transport, secret: rpcSecret, selfBootId: bootId });
  const hosts = { ownAddresses: options.ownAddresses ?? [] };
  const bodies = new BodyBudget();
  const rpc = {
    secret: rpcSecret,
    bootId,
    guard: new ReplayGuard(),
    log,
    bodies,
    tracing: options.tracing,
  };
  const host: HaloHost = {
    admit: (fence) => hosting.admit(fence),
    fence: () => hosting.haloFence,
    keptHalos: (peer) => hosting.keptHalos(peer),
  };
  const publisher = new HaloPublisher({ ...rpc, checkHost: hostCheck(hosts) }, host);
  const haloTransport = new StreamHaloTransport({
    ...{ client, publisher, clock, randomness, log },
    fence: host.fence,
    admit: host.admit,
  });
  const hosting: Hosting = new Hosting({
    bootId,
    pid,
    guard,
    clock,
    log,
    haloTransport,
    createEngine: options.createEngine ?? (() => new ReferenceEngine()),
    threads: options.threads ?? 1,
    ...(options.haloTiming && { haloTiming: options.haloTiming }),
    ...(options.originCells && { originCells: options.originCells }),
    ...(options.checkpoints && { checkpoints: options.checkpoints }),
    memoryLimitBytes,
    usage: options.usage,
    count: (...counted) => metrics.count(...counted),
  });
  let isClosing = false;

  const app = new Hono();
  app.use(callsCounted(metrics));
  app.use(hostGuard(hosts), pageGuard);
  app.post(
    rpcPath('ping'),
    rpcMethod(rpc, 'ping', ({ fence }) => {
      hosting.admit(fence);
      return hosting.status();
    }),
  );
  app.post(
    rpcPath('initializeColony'),
    rpcMethod(rpc, 'initializeColony', ({ fence }, request) => {
      hosting.initializeColony(fence, request);
      return hosting.status();
    }),
  );
  app.post(
    rpcPath('initializeTopology'),
    rpcMethod(rpc, 'initializeTopology', ({ fence }, { topology }) => {
      hosting.initializeTopology(fence, topology);
      return hosting.status();
    }),
  );
  app.post(
    rpcPath('initializeShards'),
    rpcMethod(rpc, 'initializeShards', async ({ fence }) => {
      await hosting.initializeShards(fence);
      return hosting.status();
    }),
  );
  app.post(
    rpcPath('startTicking'),
    rpcMethod(rpc, 'startTicking', ({ fence }) => hosting.startTicking(fence)),
  );
  app.post(
    rpcPath('heartbeat'),
    rpcMethod(rpc, 'heartbeat', ({ fence }, request) => hosting.heartbeat(fence, request)),
  );
  app.post(
    rpcPath('releaseColony'),
    rpcMethod(rpc, 'releaseColony', ({ fence }, { generation }) => {
      hosting.release(fence, generation);
      return hosting.status();
    }),
  );
  app.post(
    rpcPath('readPicture'),
    rpcMethod(rpc, 'readPicture', ({ fence }, request) => hosting.readPicture(fence, request)),
  );
  app.post(
    rpcPath('readTiles'),
    rpcMethod(rpc, 'readTiles', ({ fence }, request) => hosting.readTiles(fence, request)),
  );
  app.post(
    rpcPath('readCells'),
    rpcMethod(rpc, 'readCells', ({ fence }, request) => hosting.readCells(fence, request)),
  );
  app.post(
    rpcPath('pullHalo'),
    rpcMethod(rpc, 'pullHalo', ({ fence, senderBootId }, { tick }) => {
      hosting.admit(fence);
      return hosting.findHalo(fence, senderBootId, tick);
    }),
  );

  app.get('/healthz', (context) => {
    const { state, colony } = hosting.status();
    const coordinator = options.coordinator?.() ?? null;
    const tick = colony?.tick ?? null;
    const seen = { id, bootId, state, tick, coordinator };
    const reason = options.unhealthy?.();
    if (reason === undefined) return context.json({ status: 'ok', ...seen });
    return context.json({ status: 'unhealthy', reason, ...seen }, 503);
  });
  app.get('/readyz', (context) => {
    const reason = isClosing ? 'shutting down' : options.notReady?.();
    if (reason === undefined) return context.json({ status: 'ready' });
    return context.json({ status: 'not-ready', reason }, 503);
  });
  app.get('/metrics', async (context) => {
    const text = await metrics.scrape(() => ({
      ...hosting.figures,
      colony_build_info: buildInfo(packageJson.version, PROTOCOL_VERSION),
      colony_backend_memory_limit_bytes: memoryLimitBytes,
    }));
    return context.body(text, 200, {
      'content-type': METRICS_CONTENT_TYPE,
      'cache-control': 'no-store',
    });
  });
  app.notFound((context) =>
    problemAnswer(new ColonyError('NOT_FOUND', `there is no ${context.req.path}`)),
  );
  app.onError((error, { req: { method, path } }) =>
    problemAnswer(asColonyError(error, { method, path }, log)),
  );

  return {
    app,
    upgrade: publisher.upgrade,
    status: () => hosting.status(),
    drain: (atMostMs, atOnce) => hosting.drain(atMostMs, atOnce),
    async close() {
      isClosing = true;
      publisher.close();
      await hosting.close();
      await options.checkpoints?.writer.close();
    },
  };
}
