/** Lets tasks run one after the other, in the order in which they came. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** How many have not ended yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Runs a task once those before it have ended, however they ended. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task);
    this.#waiting++;
    this.#last = turn
      .catch(() => {})
      .finally(() => {
        this.#waiting--;
      });
    return turn;
  }
}
