import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryEntry, Role } from '../../protocol/wire/registry-entry.ts';
import type { Log } from '../observability/log.ts';
import type { Registry } from './registry.ts';
import { entryText, RegistryReader } from './registry-values.ts';

const ENTRY_FILE = /^([0-9a-f-]{36})\.json$/;
/** Larger files are not entries. */
const ENTRY_MAX_CHARACTERS = 64 * 1024;

/**
 * Entries as files, written under a temporary name and renamed, readable by their owner only:
 *
 *     DIR/registry/backends/<bootId>.json
 *     DIR/registry/coordinators/<bootId>.json
 *     DIR/registry/coordinator.json
 */
export class FileRegistry implements Registry {
  readonly #folder: string;
  readonly #reader: RegistryReader;

  constructor(dataDir: string, log: Log) {
    this.#folder = join(dataDir, 'registry');
    this.#reader = new RegistryReader(log);
  }

  async list(role: Role): Promise<RegistryEntry[]> {
    const folder = join(this.#folder, role);
    const names = await absentAs([], readdir(folder));
    const entries: RegistryEntry[] = [];
    for (const name of names.sort()) {
      const bootId = ENTRY_FILE.exec(name)?.[1];
      if (bootId === undefined) continue;
      const entry = await this.#read(role, join(folder, name), bootId);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  async put(role: Role, entry: RegistryEntry): Promise<void> {
    await this.#write(join(this.#folder, role), `${entry.bootId}.json`, entry);
  }

  async has(role: Role, bootId: string): Promise<boolean> {
    const found = access(join(this.#folder, role, `${bootId}.json`)).then(() => true);
    return absentAs(false, found);
  }

  async remove(role: Role, bootId: string): Promise<void> {
    await rm(join(this.#folder, role, `${bootId}.json`), { force: true });
  }

  leader(): Promise<RegistryEntry | undefined> {
    return this.#read('leader', join(this.#folder, 'coordinator.json'));
  }

  async putLeader(entry: RegistryEntry): Promise<void> {
    await this.#write(this.#folder, 'coordinator.json', entry);
  }

  async removeLeader(bootId: string): Promise<void> {
    if ((await this.leader())?.bootId !== bootId) return;
    await rm(join(this.#folder, 'coordinator.json'), { force: true });
  }

  /** A file may vanish between its listing and its reading. */
  async #read(
    role: Role | 'leader',
    file: string,
    bootId?: string,
  ): Promise<RegistryEntry | undefined> {
    const text = await absentAs(undefined, readFile(file, 'utf8'));
    if (text === undefined) return undefined;
    return this.#reader.read(role, file, text.slice(0, ENTRY_MAX_CHARACTERS), bootId);
  }

  async #write(folder: string, name: string, entry: RegistryEntry): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `.${name}.${randomUUID()}`);
    try {
      await writeFile(temporary, entryText(entry), { mode: 0o600 });
      await rename(temporary, join(folder, name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

async function absentAs<A, T>(absent: A, reading: Promise<T>): Promise<A | T> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent;
    throw error;
  }
}
