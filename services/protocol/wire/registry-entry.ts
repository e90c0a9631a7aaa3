import { z } from 'zod';

/** Raised when coordinators and backends of two versions could not work together. */
export const PROTOCOL_VERSION = 10;

const port = z.int().min(1).max(65_535);

const rolesSchema = z.enum(['backends', 'coordinators']);
export type Role = z.infer<typeof rolesSchema>;

/** `http://host:port`, IPv6 literals in brackets. */
export function originOf(address: string, port: number): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** Whether an address is a host and nothing more: neither a path nor a user may hide in it. */
const isHost = (address: string): boolean =>
  /^[\w.:-]+$/.test(address) && URL.canParse(originOf(address, 1));

/** What a process says of itself in the registry. Only a hint: a ping that echoes the boot id decides. */
export const registryEntrySchema = z.object({
  id: z.string().min(1).max(128),
  bootId: z.uuid(),
  /** Host name or IP literal, without a port. */
  address: z.string().max(253).refine(isHost, 'neither a host name nor an IP literal'),
  rpcPort: port,
  httpPort: port,
  taskArn: z.string().max(2048).optional(),
  startedAt: z.string().max(64),
  version: z.string().max(64),
  protocolVersion: z.int().min(1),
  /** What the shards of a backend may take; absent if it does not say. */
  memoryLimitBytes: z.int().min(0).optional(),
});
export type RegistryEntry = z.infer<typeof registryEntrySchema>;
