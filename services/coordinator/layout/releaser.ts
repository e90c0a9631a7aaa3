import type { Log } from '../../platform/observability/log.ts';
import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { ColonyLayout } from './colony-layout.ts';
import type { LiveBackend } from './discovery.ts';

/**
 * Tells every backend that still holds a stopped colony to forget it.
 *
 * @returns the backends that are there, and how many of them still hold one.
 */
export async function releaseBackends(
  o: { layout: Pick<ColonyLayout, 'discover'>; rpc: RpcCalls; log: Log },
  scope: ColonyScope,
): Promise<{ backends: LiveBackend[]; holding: number }> {
  const backends = await o.layout.discover(scope);
  const { topologyVersion } = scope.record;
  const outcomes = await Promise.all(
    backends.map(async (backend) => {
      if (backend.status.colony === undefined) return true;
      scope.check();
      try {
        const { generation } = scope;
        await o.rpc.call('releaseColony', backend, scope.fence(topologyVersion), { generation });
        o.log.info({ backend: backend.id, generation }, 'backend released the stopped colony');
        return true;
      } catch (error) {
        o.log.warn({ backend: backend.id, reason: messageOf(error) }, 'a backend keeps a colony');
        return false;
      }
    }),
  );
  return { backends, holding: outcomes.filter((released) => !released).length };
}
