import type { Log } from '../../platform/observability/log.ts';
import type { RpcClient } from '../../platform/rpc/rpc-client.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { Work } from '../term/work.ts';
import type { ClusterWork } from './cluster-work.ts';
import type { LiveBackend } from './discovery.ts';

/**
 * No colony is there: has every backend that still holds one forget it. Answers the backends that
 * are there and how many still hold something.
 */
export async function releaseBackends(
  o: { cluster: ClusterWork; rpc: RpcClient; log: Log },
  work: Work,
): Promise<{ backends: LiveBackend[]; holding: number }> {
  const backends = await o.cluster.discover(work);
  const { topologyVersion } = work.record;
  const outcomes = await Promise.all(
    backends.map(async (backend) => {
      if (backend.status.colony === undefined) return true;
      work.check();
      try {
        const { generation } = work;
        await o.rpc.call('releaseColony', backend, work.fence(topologyVersion), { generation });
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
