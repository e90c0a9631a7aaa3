import { ColonyRecords } from '../platform/record/colony-records.ts';
import { EmbeddedRecordStore } from '../platform/record/embedded-record-store.ts';
import { RpcClient } from '../platform/rpc/rpc-client.ts';
import { UndiciTransport } from '../platform/rpc/undici-transport.ts';
import { SystemClock } from '../platform/runtime/system-clock.ts';
import { SystemRandomness } from '../platform/runtime/system-randomness.ts';
import { StoreClient } from '../platform/store/store-client.ts';
import type { Leader } from '../protocol/record/colony-record.ts';

/** Where a launch has the record of its colony. */
export interface LaunchRecord {
  storePort: number;
  rpcSecret: string;
  colonyName: string;
}

/**
 * How many backends the record of a colony asks for, read before any are started. undefined: it does not
 * say, or cannot be read, of which the coordinators tell the reason.
 */
export const storedBackends = (at: LaunchRecord): Promise<number | undefined> =>
  withRecords(at, async (records) => (await records.read()).wantedBackends);

/**
 * Frees the lead of a coordinator that is known to have ended: the next one takes it at once. Others see a leader
 * fall silent, and cannot tell a process that has ended from one that is slow: they wait for its lease to be over.
 *
 * @param hasEnded whether a leader is known to have ended
 * @param late once it is aborted, a leader that is seen is left alone: another one may have started by then
 */
export async function freeLead(
  at: LaunchRecord,
  hasEnded: (leader: Leader) => boolean,
  late: AbortSignal,
): Promise<void> {
  await withRecords(at, async (records) => {
    const { leader } = await records.read();
    if (leader !== undefined && !late.aborted && hasEnded(leader)) await records.resign(leader);
  });
}

/** Answers undefined where the store does not answer. */
async function withRecords<T>(
  { storePort, rpcSecret: secret, colonyName }: LaunchRecord,
  use: (records: ColonyRecords) => Promise<T>,
): Promise<T | undefined> {
  const [clock, randomness] = [new SystemClock(), new SystemRandomness()];
  const transport = new UndiciTransport();
  const rpc = new RpcClient({ transport, secret, selfBootId: randomness.uuid() });
  const origin = `http://127.0.0.1:${storePort}`;
  const client = new StoreClient({ rpc, origin, colonyName, clock, randomness });
  try {
    return await use(
      new ColonyRecords({ store: new EmbeddedRecordStore(client), clock, randomness }),
    );
  } catch {
    return undefined;
  } finally {
    await transport.close();
  }
}
