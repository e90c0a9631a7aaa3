import { BlockList, isIP } from 'node:net';
import type { RegistryEntry } from '../../protocol/wire/registry-entry.ts';

/** The address ranges of private networks (RFC 1918, RFC 6598, RFC 4193). */
const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('100.64.0.0', 10);
PRIVATE.addSubnet('fc00::', 7, 'ipv6');

/**
 * Why an entry must not be called, where others in an account share the registry: a name could resolve
 * to anything, a public address or loopback belongs to no process of the VPC, and another port is
 * another service. undefined if the entry may be called.
 *
 * @param rpcPort the only one that is called; 0 for any.
 */
export function addressProblem(
  { address, rpcPort: port }: Pick<RegistryEntry, 'address' | 'rpcPort'>,
  rpcPort: number,
): string | undefined {
  const family = isIP(address);
  if (family === 0) return 'its address is not an IP literal';
  if (!PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4')) {
    return 'its address is not one of a private network';
  }
  if (rpcPort !== 0 && port !== rpcPort) return `its RPC port is not ${rpcPort}`;
  return undefined;
}
