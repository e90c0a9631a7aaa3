import { parseJson } from '../../protocol/common/json.ts';
import {
  type RegistryEntry,
  type Role,
  registryEntrySchema,
} from '../../protocol/wire/registry-entry.ts';
import type { Log } from '../observability/log.ts';

/** As an entry is written: one line of JSON. */
export const entryText = (entry: RegistryEntry): string => JSON.stringify(entry);

const WARNED_MAX = 1000;

/**
 * Reads what a registry holds. An entry that does not fit, or that stands under another boot id
 * than its own, is skipped with a warning: one for each content, not one each time it is listed.
 */
export class RegistryReader {
  readonly #log: Log;
  readonly #warned = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param bootId that the entry stands under; undefined for the leader's. */
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
