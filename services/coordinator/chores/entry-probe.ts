import { z } from 'zod';
import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import { TransportError } from '../../platform/rpc/transport.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import { originOf, type RegistryEntry } from '../../protocol/wire/registry-entry.ts';
import type { Sight } from './stale-entry.ts';

/** The fields of another coordinator's `/healthz` that are used. */
const healthSchema = z.object({ id: z.string().max(128) });

/** Pings a backend; only an authentic answer with the same boot id is a sign of life. */
export async function lookAtBackend(
  rpc: RpcCalls,
  entry: RegistryEntry,
  fence: Fence,
): Promise<Sight> {
  const target = { origin: originOf(entry.address, entry.rpcPort), bootId: entry.bootId };
  try {
    await rpc.call('ping', target, fence, {});
    return 'alive';
  } catch (error) {
    if (error instanceof TransportError) return error.reason === 'refused' ? 'gone' : 'silent';
    if (!(error instanceof ColonyError)) return 'silent';
    if (error.code === 'FOREIGN_BOOT_ID') return 'gone';
    // A refusal that carries this colony's signature is a sign of life.
    return error.code === 'RPC_UNAUTHENTICATED' ? 'silent' : 'alive';
  }
}

/** @param getJson fetches the JSON at a URL; throws if there is none. */
export async function lookAtCoordinator(
  getJson: (url: string) => Promise<unknown>,
  { address, httpPort, id }: RegistryEntry,
): Promise<Sight> {
  try {
    const health = healthSchema.safeParse(
      await getJson(`${originOf(address, httpPort)}/healthz`),
    ).data;
    if (health === undefined) return 'silent';
    return health.id === id ? 'alive' : 'gone';
  } catch (error) {
    return (error as { code?: string }).code === 'ECONNREFUSED' ? 'gone' : 'silent';
  }
}
