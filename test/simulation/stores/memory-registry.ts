import type { Registry } from '../../../services/platform/registry/registry.ts';
import type { RegistryEntry, Role } from '../../../services/protocol/wire/registry-entry.ts';

/** Entries in this process; all processes of one test share one. */
export class MemoryRegistry implements Registry {
  readonly #roles = {
    backends: new Map<string, RegistryEntry>(),
    coordinators: new Map<string, RegistryEntry>(),
  };
  #leader: RegistryEntry | undefined;

  async list(role: Role): Promise<RegistryEntry[]> {
    return structuredClone([...this.#roles[role].values()]);
  }

  async put(role: Role, entry: RegistryEntry): Promise<void> {
    this.#roles[role].set(entry.bootId, structuredClone(entry));
  }

  async has(role: Role, bootId: string): Promise<boolean> {
    return this.#roles[role].has(bootId);
  }

  async remove(role: Role, bootId: string): Promise<void> {
    this.#roles[role].delete(bootId);
  }

  async leader(): Promise<RegistryEntry | undefined> {
    return structuredClone(this.#leader);
  }

  async putLeader(entry: RegistryEntry): Promise<void> {
    this.#leader = structuredClone(entry);
  }

  async removeLeader(bootId: string): Promise<void> {
    if (this.#leader?.bootId === bootId) this.#leader = undefined;
  }
}
