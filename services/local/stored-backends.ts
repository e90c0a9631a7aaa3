import { EmbeddedRecordStore } from '../platform/record/embedded-record-store.ts';
import { RpcClient } from '../platform/rpc/rpc-client.ts';
import { UndiciTransport } from '../platform/rpc/undici-transport.ts';
import { SystemClock } from '../platform/runtime/system-clock.ts';
import { SystemRandomness } from '../platform/runtime/system-randomness.ts';
import { StoreClient } from '../platform/store/store-client.ts';

/**
 * How many backends the record of a colony asks for, read before any are started. undefined: it does not
 * say, or cannot be read, of which the coordinators tell the reason.
 */
export async function storedBackends(o: {
  storePort: number;
  rpcSecret: string;
  colonyName: string;
}): Promise<number | undefined> {
  const { storePort, rpcSecret: secret, colonyName } = o;
  const [clock, randomness] = [new SystemClock(), new SystemRandomness()];
  const transport = new UndiciTransport();
  const rpc = new RpcClient({ transport, secret, selfBootId: randomness.uuid() });
  const origin = `http://127.0.0.1:${storePort}`;
  const client = new StoreClient({ rpc, origin, colonyName, clock, randomness });
  try {
    return (await new EmbeddedRecordStore(client).read()).wantedBackends;
  } catch {
    return undefined;
  } finally {
    await transport.close();
  }
}
