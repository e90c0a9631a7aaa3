import { ColonyError } from '../../../services/protocol/common/errors.ts';
import { Draws } from '../draw/draws.ts';
import type { Impairment } from '../faults/fault-kind.ts';
import type { Injector } from '../faults/injector.ts';
import type { CallFate, Weather as NetworkWeather } from '../network/swarm-network.ts';
import type { WriteFate } from '../network/wire-stream.ts';
import type { PortFate } from '../ports/faulty-port.ts';
import type { Timeline } from '../time/timeline.ts';
import type { Boot } from './boot.ts';

/** How long messages and stores take where no fault strikes, in milliseconds. */
const LEG_MS = [0.2, 3] as const;

/** Where calls of a port lead to while it is impaired like this. */
export const impaired = (how: Impairment, port: string): string => `${how} ${port}`;

const storeAway = () => new ColonyError('STORE_UNAVAILABLE', 'the store is away');

/** Between all who talk to each other: how long it takes, who is cut off, and which faults strike. */
export class Weather implements NetworkWeather {
  readonly #parts: { timeline: Timeline; injector: Injector };
  /** From → to → its draws. */
  readonly #links = new Map<string, Map<string, Draws>>();
  readonly #seed: number;
  /** Pairs of origins → until when nothing gets through. */
  readonly #cuts = new Map<string, number>();

  constructor(seed: number, parts: { timeline: Timeline; injector: Injector }) {
    this.#seed = seed;
    this.#parts = parts;
  }

  callFate(from: Boot, to: string, path: string): CallFate {
    const draws = this.#link(from.origin, to);
    const fate: CallFate = {
      delayMs: draws.between(...LEG_MS),
      answerDelayMs: draws.between(...LEG_MS),
    };
    this.#parts.injector.strikeCall(fate, `${from.name} > ${to}${path}`);
    // Whoever sends these asks again, or does not: no connection carries a request of theirs twice.
    if (!path.startsWith('/rpc/')) delete fate.againMs;
    return fate;
  }

  writeFate(from: Boot, to: Boot, bytes: number): WriteFate {
    const fate: WriteFate = { delayMs: this.#link(from.origin, to.origin).between(...LEG_MS) };
    if (this.isCut(from.origin, to.origin)) fate.isSilent = true;
    this.#parts.injector.strikeWrite(fate, bytes, `${from.name} > ${to.name}`);
    return fate;
  }

  portFate(from: Boot, port: string, method: string): PortFate {
    const draws = this.#link('stores', port);
    const fate: PortFate = {
      delayMs: draws.between(...LEG_MS),
      answerDelayMs: draws.between(...LEG_MS),
    };
    this.#parts.injector.strikePort(fate, port, method);
    const is = (how: Impairment) => this.isCut(from.origin, impaired(how, port));
    if (is('mute')) fate.failure = storeAway();
    if (is('deaf')) fate.lostAnswer = storeAway();
    if (is('mute') || is('deaf')) fate.answerDelayMs += draws.between(50, 2_000);
    if (is('slow')) {
      fate.delayMs += draws.exponential(1_500);
      fate.answerDelayMs += draws.exponential(1_500);
    }
    return fate;
  }

  cut(from: readonly string[], to: readonly string[], durationMs: number): void {
    const untilMs = this.#parts.timeline.nowMs + durationMs;
    for (const one of from) {
      for (const other of to) {
        const pair = `${one}>${other}`;
        this.#cuts.set(pair, Math.max(untilMs, this.#cuts.get(pair) ?? 0));
      }
    }
  }

  isCut(from: string, to: string): boolean {
    if (this.#cuts.size === 0) return false;
    return (this.#cuts.get(`${from}>${to}`) ?? 0) > this.#parts.timeline.nowMs;
  }

  clear(): void {
    this.#cuts.clear();
  }

  #link(from: string, to: string): Draws {
    const links = this.#links.get(from) ?? new Map<string, Draws>();
    this.#links.set(from, links);
    const known = links.get(to) ?? new Draws(this.#seed, 'link', `${from}>${to}`);
    links.set(to, known);
    return known;
  }
}
