import type { RegistryEntry, Role } from '../../protocol/wire/registry-entry.ts';

/**
 * Where processes of one colony name find each other. Entries are hints, keyed by boot id, so that
 * no process overwrites or deletes another's.
 */
export interface Registry {
  /** All valid entries of a role; a broken or foreign one is skipped with a warning. */
  list(role: Role): Promise<RegistryEntry[]>;
  put(role: Role, entry: RegistryEntry): Promise<void>;
  /** Whether there is an entry under this boot id: one read, however many entries there are. */
  has(role: Role, bootId: string): Promise<boolean>;
  /** Removes an entry; one that is not there is fine. */
  remove(role: Role, bootId: string): Promise<void>;
  /** The leader's own entry under `/colony/<name>/coordinator`; undefined if there is none. */
  leader(): Promise<RegistryEntry | undefined>;
  putLeader(entry: RegistryEntry): Promise<void>;
  /** Removes the leader's own entry if it belongs to this process. */
  removeLeader(bootId: string): Promise<void>;
}
