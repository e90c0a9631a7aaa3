import { type ClassicLevel, ClassicLevel as Level } from 'classic-level';
import { type Change, type Engine, EngineDamaged, EngineLocked, type KeyRange } from './engine.ts';
import type { Entry } from './entry.ts';

const PORTION = 1000;

type Database = ClassicLevel<string, Uint8Array>;

/** How LevelDB begins to speak of its files. */
const OF_FILES = /^(Corruption|IO error|Invalid argument)\b/;
/** What the system says that is no fault of the files: all else that LevelDB says is. */
const OF_THE_SYSTEM =
  /no space left|quota exceeded|permission denied|not permitted|read-only|too many open|cannot allocate|input\/output error/i;

/**
 * LevelDB, in a folder of its own. Every batch is synced: LevelDB writes it to its log and has the
 * system write the log to the disk before the batch counts.
 */
export class LevelEngine implements Engine {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** Rejects with EngineDamaged where files are damaged or missing. */
  static async open(folder: string, { create }: { create: boolean }): Promise<LevelEngine> {
    const database: Database = new Level(folder, {
      keyEncoding: 'utf8',
      valueEncoding: 'view',
      createIfMissing: create,
      errorIfExists: create,
    });
    try {
      await database.open();
      return new LevelEngine(database);
    } catch (error) {
      throw engineError(error);
    }
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#database.get(key).catch(rethrow);
  }

  async range({ from, before, limit, reverse }: KeyRange): Promise<Entry[]> {
    return this.#database.iterator({ gte: from, lt: before, limit, reverse }).all().catch(rethrow);
  }

  async *portions(): AsyncIterable<Entry[]> {
    const iterator = this.#database.iterator({ fillCache: false });
    try {
      for (;;) {
        const portion = await iterator.nextv(PORTION);
        if (portion.length === 0) return;
        yield portion;
      }
    } catch (error) {
      throw engineError(error);
    } finally {
      await iterator.close();
    }
  }

  async write(entries: readonly Change[]): Promise<void> {
    const changes = entries.map(([key, value]) =>
      value === null ? { type: 'del' as const, key } : { type: 'put' as const, key, value },
    );
    await this.#database.batch(changes, { sync: true }).catch(rethrow);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

function rethrow(error: unknown): never {
  throw engineError(error);
}

/** The reason that LevelDB gives is the cause of what the package throws. */
function engineError(error: unknown): unknown {
  const reason = (error as { cause?: unknown }).cause ?? error;
  const { code, message } = reason as { code?: string; message: string };
  if (code === 'LEVEL_LOCKED') return new EngineLocked('another process uses it', { cause: error });
  const isDamage = OF_FILES.test(message) && !OF_THE_SYSTEM.test(message);
  return isDamage ? new EngineDamaged(message, { cause: error }) : reason;
}
