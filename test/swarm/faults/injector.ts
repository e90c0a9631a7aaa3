import { Draws } from '../draw/draws.ts';
import type { CallFate } from '../network/swarm-network.ts';
import type { WriteFate } from '../network/wire-stream.ts';
import type { PortFate } from '../ports/faulty-port.ts';
import type { Timeline } from '../time/timeline.ts';
import type { Trace } from '../trace/trace.ts';
import type { Birth, FaultKind, Stage, Victim } from './fault-kind.ts';
import { FAULTS } from './table.ts';

/** By the name of a kind; a kind without a rate never strikes. */
export type Rates = Readonly<Record<string, number>>;

const MINUTE_MS = 60_000;

type Drawn<K> = K extends FaultKind ? { kind: K; rate: number; draws: Draws } : never;
type OfSeam<S extends FaultKind['seam']> = Drawn<Extract<FaultKind, { seam: S }>>;

/** Strikes with the faults of a run at their rates, as long as it is on, and counts them. */
export class Injector {
  readonly #parts: { timeline: Timeline; trace: Trace };
  readonly #drawn: Drawn<FaultKind>[];
  readonly #counts = new Map<string, number>();
  #isOn = true;

  constructor(seed: number, rates: Rates, parts: { timeline: Timeline; trace: Trace }) {
    this.#parts = parts;
    this.#drawn = FAULTS.flatMap((kind) => {
      const rate = rates[kind.name] ?? 0;
      const draws = new Draws(seed, 'fault', kind.name);
      return rate > 0 ? [{ kind, rate, draws } as Drawn<FaultKind>] : [];
    });
    this.#calls = this.#of('call');
    this.#streams = this.#of('stream');
    this.#ports = this.#of('port');
    this.#points = this.#of('point');
  }

  readonly #calls: OfSeam<'call'>[];
  readonly #streams: OfSeam<'stream'>[];
  readonly #ports: OfSeam<'port'>[];
  readonly #points: OfSeam<'point'>[];

  /** How often each kind struck. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** From now on nothing strikes. */
  stop(): void {
    this.#isOn = false;
  }

  strikeCall(fate: CallFate, what: string): void {
    for (const { kind, draws } of this.#hits(this.#calls, what)) kind.strike(fate, draws);
  }

  strikeWrite(fate: WriteFate, bytes: number, what: string): void {
    for (const { kind, draws } of this.#hits(this.#streams, what)) kind.strike(fate, draws, bytes);
  }

  strikePort(fate: PortFate, port: string, method: string): void {
    const fitting = this.#ports.filter(
      ({ kind }) => kind.ports.includes(port) && (kind.methods?.includes(method) ?? true),
    );
    for (const { kind, draws } of this.#hits(fitting, `${port}.${method}`)) {
      kind.strike(fate, draws);
    }
  }

  strikePoint(stage: Stage, victim: Victim, point: string): void {
    for (const { kind } of this.#hits(this.#points, `${victim.name} ${point}`)) {
      kind.strike(stage, victim);
    }
  }

  strikeBirth(birth: Birth, what: string): void {
    for (const { kind, draws } of this.#hits(this.#of('birth'), what)) kind.strike(birth, draws);
  }

  /** Begins with the faults that strike from time to time. */
  begin(stage: Stage): void {
    const { timeline } = this.#parts;
    for (const { kind, rate, draws } of this.#of('timed')) {
      const next = () => {
        timeline.after(draws.exponential(MINUTE_MS / rate), () => {
          if (!this.#isOn) return;
          this.#note(kind.name, '');
          kind.strike(stage, draws);
          next();
        });
      };
      next();
    }
  }

  *#hits<D extends Drawn<FaultKind>>(drawn: readonly D[], what: string): Generator<D> {
    if (!this.#isOn) return;
    for (const one of drawn) {
      if (!one.draws.chance(one.rate)) continue;
      this.#note(one.kind.name, what);
      yield one;
    }
  }

  #note(name: string, what: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#parts.trace.add(`fault ${name} ${what}`);
  }

  #of<S extends FaultKind['seam']>(seam: S): OfSeam<S>[] {
    return this.#drawn.filter(({ kind }) => kind.seam === seam) as unknown as OfSeam<S>[];
  }
}
