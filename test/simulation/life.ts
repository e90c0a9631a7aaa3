/** A process that can be stopped dead: from then on none of its calls to the outside returns. */
export class Life {
  #dead = false;

  get isDead(): boolean {
    return this.#dead;
  }

  end(): void {
    this.#dead = true;
  }

  /** A port whose methods never return once the process is dead, nor do anything. */
  guard<T extends object>(port: T): T {
    const isDead = () => this.#dead;
    return new Proxy(port, {
      get(target, name) {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (isDead()) return new Promise(() => {});
          const result = Reflect.apply(member, target, args) as unknown;
          if (!(result instanceof Promise)) return result;
          return result.finally(() => (isDead() ? new Promise(() => {}) : undefined));
        };
      },
    });
  }
}
