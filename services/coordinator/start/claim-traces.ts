/**
 * To which request a start belongs that this coordinator has claimed: the leader goes on with that trace if it is the
 * same process. Of one that another claimed nothing is known, and the start is a trace of its own.
 */
export class ClaimTraces {
  #last: { generation: number; traceparent: string } | undefined;

  claimed(generation: number, traceparent: string | undefined): void {
    this.#last = traceparent === undefined ? undefined : { generation, traceparent };
  }

  of(generation: number): string | undefined {
    return this.#last?.generation === generation ? this.#last.traceparent : undefined;
  }
}
