import type { Clock } from '../../platform/runtime/clock.ts';
import type { ErrorCode } from '../../protocol/common/error-codes.ts';

/** What went wrong with a backend. */
export interface Trouble {
  /** Its id, which it may keep when its process is started again. */
  readonly backend: string;
  readonly code: ErrorCode;
  readonly detail: string;
  /** The tick that it was known to be at; undefined if none was. */
  readonly tick: number | undefined;
  /** ISO 8601. */
  readonly at: string;
  /** When its cause had gone; undefined while it is there. */
  readonly endedAt: string | undefined;
}

/** What tells of troubles. */
export interface TroubleNews {
  /** Something is wrong with a backend. The same again changes nothing. */
  note(backend: string, trouble: Pick<Trouble, 'code' | 'detail' | 'tick'>): void;
  /** A backend does what it should: what was wrong with it has gone. */
  well(backend: string): void;
  /** These are all backends that matter now: what was wrong with others has gone with them. */
  only(backends: readonly string[]): void;
}

export const NO_TROUBLE_NEWS: TroubleNews = { note: () => {}, well: () => {}, only: () => {} };

const HISTORY_MAX = 100;
const DETAIL_MAX_CHARACTERS = 500;

/** What the leader last had to say of each backend, and what it said before; bounded, and in memory only. */
export class Troubles implements TroubleNews {
  readonly #clock: Pick<Clock, 'wallTime'>;
  /** Oldest first. */
  #all: Trouble[] = [];
  #version = 0;

  constructor(clock: Pick<Clock, 'wallTime'>) {
    this.#clock = clock;
  }

  /** Changes with every news. */
  get version(): number {
    return this.#version;
  }

  /** Oldest first, those that have ended too. */
  get history(): readonly Trouble[] {
    return this.#all;
  }

  /** What is wrong with a backend now. */
  of(backend: string): Trouble | undefined {
    return this.#all.findLast((one) => one.backend === backend && one.endedAt === undefined);
  }

  note(backend: string, { code, detail, tick }: Pick<Trouble, 'code' | 'detail' | 'tick'>): void {
    const text = bounded(detail);
    const present = this.of(backend);
    if (present?.code === code && present.detail === text) return;
    // The newer word replaces the older one.
    this.#end((one) => one.backend === backend);
    const at = this.#clock.wallTime();
    this.#all.push({ backend, code, detail: text, tick, at, endedAt: undefined });
    this.#all.splice(0, this.#all.length - HISTORY_MAX);
    this.#version++;
  }

  well(backend: string): void {
    this.#end((one) => one.backend === backend);
  }

  only(backends: readonly string[]): void {
    this.#end((one) => !backends.includes(one.backend));
  }

  #end(isMeant: (one: Trouble) => boolean): void {
    const hasEnded = (one: Trouble) => one.endedAt === undefined && isMeant(one);
    if (!this.#all.some(hasEnded)) return;
    const endedAt = this.#clock.wallTime();
    this.#all = this.#all.map((one) => (hasEnded(one) ? { ...one, endedAt } : one));
    this.#version++;
  }
}

const bounded = (text: string): string =>
  text.length <= DETAIL_MAX_CHARACTERS ? text : `${text.slice(0, DETAIL_MAX_CHARACTERS)}…`;
