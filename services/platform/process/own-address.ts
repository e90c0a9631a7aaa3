import type { NetworkInterfaceInfo } from 'node:os';
import { ColonyError } from '../../protocol/common/errors.ts';

const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
/** Link-local: the metadata endpoints of a container, not reachable from outside. */
const LINK_LOCAL = /^169\.254\./;

/**
 * The address under which others reach this process: what is configured, else the host it listens
 * on; when that is every address, the first IPv4 one that is neither loopback nor link-local.
 */
export function ownAddress(
  config: { host: string; advertisedAddress: string | undefined },
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string {
  if (config.advertisedAddress !== undefined) return config.advertisedAddress;
  if (!ANY_ADDRESS.has(config.host)) return config.host;
  const found = Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    .find((i) => i.family === 'IPv4' && !i.internal && !LINK_LOCAL.test(i.address));
  if (found !== undefined) return found.address;
  throw new ColonyError(
    'CONFIG_INVALID',
    `host is ${config.host} and this machine has no address of its own: set advertisedAddress`,
  );
}
