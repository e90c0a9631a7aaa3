/** Called before and after each call of a process to the outside: `before:snapshots.get`. */
export type PointHook = (point: string) => void;

/** A process that can be stopped dead: from then on none of its calls to the outside returns. */
export class Life {
  readonly #onPoint: PointHook;
  #dead = false;

  /** @param onPoint may end it right there. */
  constructor(onPoint: PointHook = () => {}) {
    this.#onPoint = onPoint;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  end(): void {
    this.#dead = true;
  }

  /**
   * A port whose methods never return once the process is dead, nor do anything.
   *
   * @param called what a call is called. @default the method
   */
  guard<T extends object>(
    name: string,
    port: T,
    called: (method: string, args: readonly unknown[]) => string = (method) => method,
  ): T {
    return new Proxy(port, {
      get: (target, method) => {
        const member = Reflect.get(target, method, target) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const call = `${name}.${called(String(method), args)}`;
          this.passes(`before:${call}`);
          if (this.#dead) return never();
          const result = Reflect.apply(member, target, args) as unknown;
          if (!(result instanceof Promise)) return result;
          return result.finally(() => {
            this.passes(`after:${call}`);
            return this.#dead ? never() : undefined;
          });
        };
      },
    });
  }

  /** It comes to a point. */
  passes(point: string): void {
    if (!this.#dead) this.#onPoint(point);
  }
}

const never = () => new Promise<never>(() => {});
