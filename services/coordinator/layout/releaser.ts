import type { Log } from '../../platform/observability/log.ts';
import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { ColonyLayout } from './colony-layout.ts';
import type { LiveBackend } from './discovery.ts';

/**
 * Tells every backend that still holds a stopped colony to forget it.
 *
 * @returns the backends that are there, as they are now, and how many of them still hold one.
 */
export async function releaseBackends(
  o: { layout: Pick<ColonyLayout, 'discover'>; rpc: RpcCalls; log: Log },
  scope: ColonyScope,
): Promise<{ backends: LiveBackend[]; holding: number }> {
  const backends = await o.layout.discover(scope);
  const { topologyVersion } = scope.record;
  const looked = await Promise.all(
    backends.map(async (backend) => {
      if (backend.status.colony === undefined) return { backend, isHolding: false };
      scope.check();
      try {
        const { generation } = scope;
        const fence = scope.fence(topologyVersion);
        const status = await o.rpc.call('releaseColony', backend, fence, { generation });
        o.log.info({ backend: backend.id, generation }, 'backend released the stopped colony');
        return { backend: { ...backend, status }, isHolding: false };
      } catch (error) {
        o.log.warn({ backend: backend.id, reason: messageOf(error) }, 'a backend keeps a colony');
        return { backend, isHolding: true };
      }
    }),
  );
  return {
    backends: looked.map(({ backend }) => backend),
    holding: looked.filter(({ isHolding }) => isHolding).length,
  };
}
