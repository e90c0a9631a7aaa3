import type { EventLog } from '../../platform/series/event-log.ts';
import {
  type ColonyEvent,
  cancelledBy,
  colonyEventOf,
  isWorldEvent,
} from '../../protocol/colony/colony-event.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { conditionsAfter, firstConditions, type WorldEvent } from '../../world/events/events.ts';
import { randomEvents } from '../../world/events/random-schedule.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import { firstIndex, inOrder, type ListedEvent, listEvents } from './event-list.ts';

/** What is known of the events of one colony instance. It only grows. */
interface Known {
  colonyInstanceId: string;
  /** Random events by tick; at most one of them has not been asked for yet. */
  random: ListedEvent[];
  /** Where the next random event comes from; undefined: the world has none. */
  source: Iterator<ListedEvent> | undefined;
  /** How many injected events were read from the log. */
  through: number;
  /** The events among those, by tick. */
  injected: ListedEvent[];
  /** The sequences of those that were cancelled. */
  cancelled: Set<number>;
  /** The rules in force in the state of a tick, as they were found last. */
  rules: { tick: number; rules: Rules } | undefined;
}

/**
 * The events of the colony, for those who watch. Each is drawn, or read from the log, once: a look
 * costs what it shows, however long the colony has been running.
 */
export class EventHistory {
  readonly #events: EventLog;
  #known: Known | undefined;

  constructor(events: EventLog) {
    this.#events = events;
  }

  /** Random events below the record's horizon and all injected ones; see `listEvents`. */
  async list(
    record: ColonyRecord & { colonyInstanceId: string },
    spec: WorldSpec,
    page: { from: number | undefined; limit: number; now: number },
  ): Promise<ColonyEvent[]> {
    const known = this.#knownOf(record.colonyInstanceId, spec);
    const { pending, isCancelled } = await this.#injected(known, record);
    const sources = [randomBelow(known, record.horizon), known.injected, pending];
    const listed = listEvents(sources, page);
    const changes = ruleChanges(sources, listed, isCancelled, spec.rules);
    return listed.map((event) => ({
      ...colonyEventOf(event, isCancelled(event)),
      ...changes.get(event),
    }));
  }

  /**
   * The rules in force in the state of a tick.
   *
   * @param record read after the world was seen at that tick: it knows all events of earlier ones.
   */
  async rulesAt(
    record: ColonyRecord & { colonyInstanceId: string },
    spec: WorldSpec,
    tick: number,
  ): Promise<Rules> {
    const known = this.#knownOf(record.colonyInstanceId, spec);
    // What is pending in this record may have been logged, handed over and applied since it was read.
    const { pending, isCancelled } = await this.#injected(known, record);
    // Events only come for later ticks: what was found before holds.
    const from = known.rules !== undefined && known.rules.tick <= tick ? known.rules : undefined;
    const sources = [randomBelow(known, tick), known.injected, pending].map((events) =>
      events.slice(firstIndex(events, from?.tick ?? 0), firstIndex(events, tick)),
    );
    let rules = from?.rules ?? spec.rules;
    for (const listed of sources.flat().sort(inOrder)) {
      if (!isCancelled(listed)) rules = rulesAfter(rules, listed.event);
    }
    known.rules = { tick, rules };
    return rules;
  }

  #knownOf(colonyInstanceId: string, spec: WorldSpec): Known {
    if (this.#known?.colonyInstanceId !== colonyInstanceId) {
      const source = spec.randomEvents ? randomlyListed(spec) : undefined;
      this.#known = {
        colonyInstanceId,
        random: [],
        source,
        through: 0,
        injected: [],
        cancelled: new Set(),
        rules: undefined,
      };
    }
    return this.#known;
  }

  /** Reads what the log has more; what is only pending in a record, by tick, and what is cancelled by either. */
  async #injected(known: Known, { eventHead, pendingEvents }: ColonyRecord) {
    await this.#read(known, eventHead);
    const added = pendingEvents.filter(({ sequence }) => sequence > known.through);
    const cancelled = new Set([...known.cancelled, ...cancelledBy(added)]);
    return {
      pending: added.filter(isWorldEvent).sort(inOrder),
      isCancelled: ({ sequence }: ListedEvent) => sequence !== null && cancelled.has(sequence),
    };
  }

  async #read(known: Known, eventHead: number): Promise<void> {
    const missing = eventHead - known.through;
    if (missing <= 0) return;
    const range = { fromSequence: known.through + 1, limit: missing };
    for (const entry of await this.#events.list(known.colonyInstanceId, range)) {
      // Somebody else may have read the same meanwhile.
      if (entry.sequence !== known.through + 1) continue;
      known.through = entry.sequence;
      for (const sequence of cancelledBy([entry])) known.cancelled.add(sequence);
      if (!isWorldEvent(entry)) continue;
      known.injected.splice(firstIndex(known.injected, entry.tick + 1), 0, entry);
    }
  }
}

/** The values before and after those of the listed events that change a rule. */
function ruleChanges(
  sources: readonly (readonly ListedEvent[])[],
  listed: readonly ListedEvent[],
  isCancelled: (event: ListedEvent) => boolean,
  firstRules: Rules,
): Map<ListedEvent, { before: number; after: number }> {
  const changes = new Map<ListedEvent, { before: number; after: number }>();
  const asked = new Set(listed.filter(({ event }) => event.kind === 'ruleChange'));
  if (asked.size === 0) return changes;
  const all = sources.flatMap((events) =>
    events.filter(({ event }) => event.kind === 'ruleChange'),
  );
  let rules = firstRules;
  for (const one of all.sort(inOrder)) {
    if (isCancelled(one) || one.event.kind !== 'ruleChange') continue;
    const { rule } = one.event;
    const before = rules[rule];
    rules = rulesAfter(rules, one.event);
    if (asked.has(one)) changes.set(one, { before, after: rules[rule] });
  }
  return changes;
}

const rulesAfter = (rules: Rules, event: WorldEvent): Rules =>
  conditionsAfter(firstConditions(rules), event).rules;

function* randomlyListed(spec: WorldSpec): Generator<ListedEvent> {
  for (const timed of randomEvents(spec)) yield { ...timed, sequence: null };
}

function randomBelow({ random, source }: Known, horizon: number): ListedEvent[] {
  while (source !== undefined && (random.at(-1)?.tick ?? -1) < horizon) {
    random.push(source.next().value);
  }
  return random.slice(0, firstIndex(random, horizon));
}
