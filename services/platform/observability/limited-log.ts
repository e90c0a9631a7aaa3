import type { Clock } from '../runtime/clock.ts';
import type { Log } from './log.ts';

/** How often one kind of line is written: `burst` times in a window at first, then once in each. */
export interface RepeatLimits {
  burst: number;
  windowMs: number;
}

const REPEAT_LIMITS: RepeatLimits = { burst: 10, windowMs: 60_000 };
/** Messages are constants, so that there are fewer kinds. */
const KINDS_MAX = 1000;
const LEFT_OUT = 'Lines like these were left out.';

type Level = 'info' | 'warn' | 'error';

interface Kind {
  level: Level;
  message: string;
  /** May still be written in this window. */
  left: number;
  leftOut: number;
}

/**
 * Bounds how often the same is said, so that nobody fills a disk by being refused. A kind of line is its
 * level and its message, whatever its fields are. What was left out is told with its count at the end of
 * each window. Lines for debugging pass: whoever asks for those wants them all.
 */
export class LimitedLog implements Log {
  readonly #log: Log;
  readonly #limiter: Limiter;

  private constructor(log: Log, limiter: Limiter) {
    this.#log = log;
    this.#limiter = limiter;
  }

  static over(log: Log, clock: Clock, limits: RepeatLimits = REPEAT_LIMITS): LimitedLog {
    return new LimitedLog(log, new Limiter(log, clock, limits));
  }

  debug(fields: object, message: string): void {
    this.#log.debug(fields, message);
  }

  info(fields: object, message: string): void {
    this.#write('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#write('error', fields, message);
  }

  /** Shares the limits of its parent. */
  child(fields: Record<string, unknown>): LimitedLog {
    return new LimitedLog(this.#log.child(fields), this.#limiter);
  }

  /** Tells what was left out until now, before the process ends. */
  flush(): void {
    this.#limiter.flush();
  }

  #write(level: Level, fields: object, message: string): void {
    if (this.#limiter.allows(level, message)) this.#log[level](fields, message);
  }
}

class Limiter {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #limits: RepeatLimits;
  readonly #kinds = new Map<string, Kind>();

  constructor(log: Log, clock: Clock, limits: RepeatLimits) {
    this.#log = log;
    this.#clock = clock;
    this.#limits = limits;
  }

  allows(level: Level, message: string): boolean {
    const kind = this.#kindOf(level, message);
    if (kind.left === 0) {
      kind.leftOut++;
      return false;
    }
    kind.left--;
    return true;
  }

  flush(): void {
    for (const kind of this.#kinds.values()) this.#tell(kind);
  }

  #kindOf(level: Level, message: string): Kind {
    const isFull = this.#kinds.size >= KINDS_MAX;
    const key = `${level} ${message}`;
    const known = this.#kinds.get(key) ?? (isFull ? this.#kinds.get(level) : undefined);
    if (known !== undefined) return known;
    const kind = { level, message, left: this.#limits.burst, leftOut: 0 };
    // All kinds that are too many share one.
    this.#begin(isFull ? level : key, isFull ? { ...kind, message: 'various' } : kind);
    return this.#kinds.get(isFull ? level : key) as Kind;
  }

  #begin(key: string, kind: Kind): void {
    this.#kinds.set(key, kind);
    const end = () => {
      if (kind.leftOut === 0) {
        this.#kinds.delete(key);
        return;
      }
      this.#tell(kind);
      this.#begin(key, { ...kind, left: 1 });
    };
    this.#clock.sleep(this.#limits.windowMs).then(end, () => undefined);
  }

  #tell(kind: Kind): void {
    if (kind.leftOut === 0) return;
    const { level, message, leftOut } = kind;
    kind.leftOut = 0;
    this.#log[level]({ repeated: message, leftOut }, LEFT_OUT);
  }
}
