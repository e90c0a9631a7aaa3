import type { NetworkInterfaceInfo } from 'node:os';
import { z } from 'zod';
import { boundedList } from '../../protocol/common/bounded-list.ts';
import type { Log } from '../observability/log.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Randomness } from '../runtime/randomness.ts';
import { ownAddress } from './own-address.ts';

/** What is read of the metadata endpoint of a task (version 4). */
const taskSchema = z.object({ TaskARN: z.string().regex(/^arn:[\x21-\x7e]{1,2040}$/) });
/** A task has one network, and one address in it. */
const ADDRESSES_MAX = 8;
const containerSchema = z.object({
  Networks: boundedList(
    z.object({ IPv4Addresses: boundedList(z.ipv4(), ADDRESSES_MAX).optional() }),
    ADDRESSES_MAX,
  ).optional(),
});

const ATTEMPTS = 3;
const RETRY = { firstMs: 500, mostMs: 1_000 };

/** Where a process is reached, and the task that it is. */
export interface OwnPlace {
  address: string;
  taskArn?: string;
}

export interface OwnPlaceOptions {
  config: { platform: 'local' | 'aws'; host: string; advertisedAddress: string | undefined };
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
  /** ECS_CONTAINER_METADATA_URI_V4: each container has one of its own. */
  metadataUri: string | undefined;
  /** The JSON at a URL, in bounded time; throws if there is none. */
  getJson: (url: string) => Promise<unknown>;
  clock: Clock;
  randomness: Randomness;
  log: Log;
}

/**
 * The address and the task of this process. In a task of ECS both are what its metadata endpoint
 * says; an address that is configured goes before it, and ownAddress finds one when there is none.
 * A task without its metadata is a process like any other: that it has stopped shows only
 * by asking it.
 */
export async function ownPlace(o: OwnPlaceOptions): Promise<OwnPlace> {
  const { config, interfaces, metadataUri } = o;
  if (config.platform !== 'aws' || metadataUri === undefined) {
    return { address: ownAddress(config, interfaces) };
  }
  const { taskArn, address } = await readMetadata(metadataUri, o);
  return {
    address: config.advertisedAddress ?? address ?? ownAddress(config, interfaces),
    ...(taskArn !== undefined && { taskArn }),
  };
}

async function readMetadata(
  uri: string,
  { getJson, clock, randomness, log }: OwnPlaceOptions,
): Promise<{ taskArn?: string; address?: string | undefined }> {
  const backoff = new Backoff({ clock, randomness }, RETRY);
  for (let attempt = 1; ; attempt++) {
    try {
      const [task, container] = await Promise.all([getJson(`${uri}/task`), getJson(uri)]);
      const { TaskARN: taskArn } = taskSchema.parse(task);
      const { Networks = [] } = containerSchema.parse(container);
      const [address] = Networks.flatMap(({ IPv4Addresses = [] }) => IPv4Addresses);
      return { taskArn, address };
    } catch (err) {
      if (attempt === ATTEMPTS) {
        log.warn({ err }, 'The metadata of this task cannot be read.');
        return {};
      }
      await backoff.pause();
    }
  }
}
