/** A grant as a backend says that it is in force. */
export interface GrantInForce {
  epoch: number;
  number: number;
  horizon: number;
}

/**
 * How far one backend may run by what it was told, as far as its leader can know. It obeys the newest grant
 * that has reached it; which of those sent since its last acknowledgement that is, nobody knows:
 *
 *     sent           1: 300    2: 500    3: 200
 *     acknowledged   1: 300                        it may run to 500, the largest since
 *                                        3: 200    to 200: grants 1 and 2 are void, however late they arrive
 */
export class BackendGrant {
  #acknowledged: { number: number; horizon: number };
  /** Sent since, oldest first. Each horizon is less than the one before: a larger later one covers it. */
  #sent: { number: number; horizon: number }[] = [];

  /** @param horizon it may have been told to run so far before, by this leader or a former one. */
  constructor(horizon: number) {
    this.#acknowledged = { number: 0, horizon };
  }

  /** The highest tick to which it may run. */
  get most(): number {
    return Math.max(this.#acknowledged.horizon, this.#sent[0]?.horizon ?? 0);
  }

  /** The number of the newest grant that it has acknowledged; 0 for none. */
  get number(): number {
    return this.#acknowledged.number;
  }

  sent(number: number, horizon: number): void {
    while ((this.#sent.at(-1)?.horizon ?? Number.POSITIVE_INFINITY) <= horizon) this.#sent.pop();
    this.#sent.push({ number, horizon });
  }

  acknowledge(number: number, horizon: number): void {
    if (number <= this.#acknowledged.number) return;
    this.#acknowledged = { number, horizon };
    this.#sent = this.#sent.filter((grant) => grant.number > number);
  }
}
