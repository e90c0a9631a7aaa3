import { parseJson } from '../../protocol/common/json.ts';
import {
  type RegistryEntry,
  type Role,
  registryEntrySchema,
} from '../../protocol/wire/registry-entry.ts';
import type { Log } from '../observability/log.ts';

/** The text of an entry: one line of JSON. */
export const entryText = (entry: RegistryEntry): string => JSON.stringify(entry);

const WARNED_MAX = 1000;

/**
 * Reads the entries of a registry. An invalid entry, or one under a boot id other than its own, is
 * skipped with a warning: one warning for each content, not one for each listing.
 */
export class RegistryReader {
  readonly #log: Log;
  readonly #warned = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param bootId the key of the entry; undefined for the leader's. */
  read(
    role: Role | 'leader',
    where: string,
    text: string,
    bootId?: string,
  ): RegistryEntry | undefined {
    const parsed = registryEntrySchema.safeParse(parseJson(text));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      this.#warn(role, where, text, `${issue?.path.join('.') || 'value'}: ${issue?.message}`);
      return undefined;
    }
    if (bootId !== undefined && parsed.data.bootId !== bootId) {
      this.#warn(role, where, text, `bootId: stands under ${bootId}`);
      return undefined;
    }
    return parsed.data;
  }

  #warn(role: string, where: string, text: string, problem: string): void {
    const content = `${where}\n${text}`;
    if (this.#warned.has(content)) return;
    if (this.#warned.size >= WARNED_MAX) this.#warned.clear();
    this.#warned.add(content);
    this.#log.warn({ role, where, problem }, 'A registry entry is not valid and is skipped.');
  }
}
