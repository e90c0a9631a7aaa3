import { constants } from 'node:fs';
import { access, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { assertRoomForCopy, putAside, syncFolder } from './disk.ts';
import { type Engine, EngineDamaged, type EngineSource } from './engine.ts';
import { LevelEngine } from './level-engine.ts';

/** LevelDB's own log of what it does, and its lock, are no part of its data. */
const DATA = /^(CURRENT|MANIFEST-\d+|\d+\.(log|ldb|sst))$/;

/** Where the copy of a store's folder is that is looked at. */
export const copyOf = (folder: string): string => `${folder}.copy`;

/** The folder of a store's LevelDB; its copies stand beside it. */
export class LevelFolder implements EngineSource {
  readonly #folder: string;
  readonly #copy: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#copy = copyOf(folder);
  }

  async isThere(): Promise<boolean> {
    return access(this.#folder).then(
      () => true,
      (error) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
  }

  async create(): Promise<Engine> {
    if (await this.isThere()) await putAside(path.dirname(this.#folder), [this.#folder]);
    await mkdir(this.#folder, { mode: 0o700 });
    const engine = await LevelEngine.open(this.#folder, { create: true });
    await syncFolder(this.#folder);
    await syncFolder(path.dirname(this.#folder));
    return engine;
  }

  async open(): Promise<Engine> {
    return LevelEngine.open(this.#folder, { create: false });
  }

  /**
   * Copies all files: LevelDB reuses the numbers of files that a damaged manifest does not name,
   * so that links would not keep the originals safe.
   */
  async openCopy(): Promise<Engine> {
    await rm(this.#copy, { recursive: true, force: true });
    await assertRoomForCopy(this.#folder);
    await mkdir(this.#copy, { mode: 0o700 });
    const forget = () => rm(this.#copy, { recursive: true, force: true });
    try {
      const files = (await readdir(this.#folder)).filter((file) => DATA.test(file));
      if (!files.includes('CURRENT')) throw new EngineDamaged('its file CURRENT is missing');
      for (const file of files) {
        const [from, to] = [path.join(this.#folder, file), path.join(this.#copy, file)];
        await copyFile(from, to, constants.COPYFILE_FICLONE);
      }
      const engine = await LevelEngine.open(this.#copy, { create: false });
      return {
        get: (key) => engine.get(key),
        range: (range) => engine.range(range),
        portions: () => engine.portions(),
        write: () => Promise.reject(new Error('a copy is only looked at')),
        close: () => engine.close().finally(forget),
      };
    } catch (error) {
      await forget();
      if (!(error instanceof EngineDamaged)) throw error;
      throw new EngineDamaged(error.message.replaceAll(`${this.#copy}/`, ''), { cause: error });
    }
  }
}
