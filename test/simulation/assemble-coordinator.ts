import { Coordinator } from '../../services/coordinator/coordinator.ts';
import type { CoordinatorOptions } from '../../services/coordinator/coordinator-options.ts';
import { createHttpApp } from '../../services/coordinator/http/app.ts';
import type { HttpOptions } from '../../services/coordinator/http/http-options.ts';
import { PROTOCOL_VERSION } from '../../services/protocol/wire/registry-entry.ts';
import { ENGINE_VERSION } from '../../services/world/spec/spec.ts';

/** A coordinator and its public HTTP API, put together as its composition root does it, without sockets. */
export function assembleCoordinator(options: CoordinatorOptions & Pick<HttpOptions, 'forward'>): {
  coordinator: Coordinator;
  app: ReturnType<typeof createHttpApp>;
} {
  const { forward, ...parts } = options;
  const coordinator = new Coordinator(parts);
  const { entry, log, clock, randomness, settings } = parts;
  const app = createHttpApp({
    service: coordinator,
    log,
    clock,
    name: settings.colonyName,
    id: entry.id,
    version: {
      name: 'distributed-colony',
      version: entry.version,
      engineVersion: ENGINE_VERSION,
      protocolVersion: PROTOCOL_VERSION,
      node: process.version,
    },
    allowedHosts: [],
    ownAddresses: [entry.address],
    requestId: () => randomness.uuid(),
    ...(forward && { forward }),
  });
  return { coordinator, app };
}
