import { z } from 'zod';
import {
  type CheckpointView,
  type ColonyView,
  checkpointViewSchema,
  colonyViewSchema,
  type RunAnswer,
  runAnswerSchema,
  type ScaleAnswer,
  type StartAnswer,
  type StopAnswer,
  type StoredPicturesView,
  scaleAnswerSchema,
  startAnswerSchema,
  stopAnswerSchema,
  storedPicturesSchema,
  type TopologyView,
  topologyViewSchema,
  type VersionView,
  versionSchema,
} from '../../protocol/api/public-api.ts';
import {
  type StatisticsAnswer,
  type SurveysAnswer,
  statisticsAnswerSchema,
  surveysAnswerSchema,
} from '../../protocol/api/series-api.ts';
import {
  type ColonyEvent,
  colonyEventSchema,
  type EventRequest,
} from '../../protocol/colony/colony-event.ts';
import { type DigestEntry, digestEntrySchema } from '../../protocol/colony/sampling.ts';
import type { ClientSpec } from '../../protocol/colony/spec.ts';
import { parseJson } from '../../protocol/common/json.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';
import { refusalOf } from './api-error.ts';
import { readBody } from './read-body.ts';
import { fetchFor } from './signed-fetch.ts';
import { reasonOf } from './unreachable.ts';

/** A colony-start may be held for 25 s; everything else is answered at once. */
const TIMEOUT_MS = 35_000;
/** No document of the API is larger; the topology of 1,024 backends has a tenth of it. */
const ANSWER_MAX_BYTES = 64 * 2 ** 20;
/** Events asked for at once. */
const EVENTS_PAGE = 200;
/** Digests asked for at once. */
const DIGESTS_PAGE = 1_000;

/** Which rows of a table are asked for; what is left out is as the API has it. */
export interface SeriesQuery {
  from?: number | undefined;
  to?: number | undefined;
  points?: number | undefined;
}

const queryText = (query: object): string =>
  Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

/** The public HTTP API of a colony, its answers checked against the schemas. */
export class ApiClient {
  readonly #url: string;
  readonly #fetch: typeof fetch;

  readonly #timeoutMs: number;

  /**
   * @param url for example `http://127.0.0.1:8083`, without a trailing slash.
   * @param o.timeoutMs how long an answer is waited for. @default as long as a colony-start may be held
   */
  constructor(
    url: string,
    fetchFunction: typeof fetch = fetchFor({ url }),
    { timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {},
  ) {
    this.#url = url;
    this.#fetch = fetchFunction;
    this.#timeoutMs = timeoutMs;
  }

  get url(): string {
    return this.#url;
  }

  colony(): Promise<ColonyView> {
    return this.#get('/colony', colonyViewSchema);
  }

  version(): Promise<VersionView> {
    return this.#get('/version', versionSchema);
  }

  topology(): Promise<TopologyView> {
    return this.#get('/topology', topologyViewSchema);
  }

  /** The checkpoints that are kept, newest first. */
  checkpoints(): Promise<CheckpointView[]> {
    return this.#get('/checkpoints', z.array(checkpointViewSchema));
  }

  /** The stored pictures with ticks within bounds, in the order of their ticks. */
  pictures(bounds: { from?: number; to?: number } = {}): Promise<StoredPicturesView> {
    const query = new URLSearchParams();
    for (const [name, tick] of Object.entries(bounds)) query.set(name, String(tick));
    return this.#get(`/pictures?${query}`, storedPicturesSchema);
  }

  /** All stored digests from a tick on, oldest first, page by page. */
  async digests(fromTick = 0): Promise<DigestEntry[]> {
    const all: DigestEntry[] = [];
    for (let from = fromTick; ; ) {
      const path = `/digests?from=${from}&limit=${DIGESTS_PAGE}`;
      const page = await this.#get(path, z.array(digestEntrySchema));
      all.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < DIGESTS_PAGE) return all;
      if (last.tick < from) {
        throw new CliError(`${this.#url} answered the same page of digests twice.`, EXIT.usage);
      }
      from = last.tick + 1;
    }
  }

  /** The stored digest of a tick; undefined if it has none. */
  async digestAt(tick: number): Promise<string | undefined> {
    const path = `/digests?from=${tick}&limit=1`;
    const [entry] = await this.#get(path, z.array(digestEntrySchema));
    return entry?.tick === tick ? entry.digest : undefined;
  }

  /** All events from a tick on, page by page. */
  async events(fromTick = 0): Promise<ColonyEvent[]> {
    const all: ColonyEvent[] = [];
    for (let from = fromTick; ; ) {
      const page = await this.#events({ from, limit: EVENTS_PAGE });
      all.push(...page);
      const last = page.at(-1);
      if (last === undefined) return all;
      if (last.tick < from) {
        throw new CliError(`${this.#url} answered the same page of events twice.`, EXIT.usage);
      }
      from = last.tick + 1;
    }
  }

  /** Statistics of the whole world through time. */
  statistics(query: SeriesQuery): Promise<StatisticsAnswer> {
    return this.#get(`/statistics?${queryText(query)}`, statisticsAnswerSchema);
  }

  /** How the world is made up, through time. */
  surveys(query: SeriesQuery): Promise<SurveysAnswer> {
    return this.#get(`/surveys?${queryText(query)}`, surveysAnswerSchema);
  }

  /** Statistics as CSV, a line of names first. */
  async statisticsAsCsv(query: SeriesQuery): Promise<string> {
    const path = `/statistics?${queryText({ ...query, format: 'csv' })}`;
    return new TextDecoder().decode(await this.bytes(path, ANSWER_MAX_BYTES, 'text/csv'));
  }

  newestEvents(limit: number): Promise<ColonyEvent[]> {
    return this.#events({ limit });
  }

  inject(key: string, request: EventRequest): Promise<ColonyEvent> {
    const query = new URLSearchParams({ idempotency_key: key });
    return this.#send('POST', `/colony-events?${query}`, colonyEventSchema, request);
  }

  /** Cancels an injected event. */
  cancelEvent(sequence: number): Promise<ColonyEvent> {
    return this.#send('DELETE', `/colony-events/${sequence}`, colonyEventSchema);
  }

  /** One request: started, initiated or in progress. Throws RefusedError for anything else. */
  start(key: string, waitSeconds: number, spec?: ClientSpec): Promise<StartAnswer> {
    const query = new URLSearchParams({ idempotency_key: key, wait: String(waitSeconds) });
    return this.#send('POST', `/colony-start?${query}`, startAnswerSchema, spec);
  }

  stop(colonyInstanceId: string): Promise<StopAnswer> {
    const query = new URLSearchParams({ colony_instance_id: colonyInstanceId });
    return this.#send('POST', `/colony-stop?${query}`, stopAnswerSchema);
  }

  pause(): Promise<RunAnswer> {
    return this.#send('POST', '/colony-pause', runAnswerSchema);
  }

  resume(): Promise<RunAnswer> {
    return this.#send('POST', '/colony-resume', runAnswerSchema);
  }

  step(ticks: number, key: string): Promise<RunAnswer> {
    const query = new URLSearchParams({ ticks: String(ticks), idempotency_key: key });
    return this.#send('POST', `/colony-step?${query}`, runAnswerSchema);
  }

  /** @param ticksPerSecond null: as fast as possible. */
  pace(ticksPerSecond: number | null): Promise<RunAnswer> {
    return this.#send('PUT', '/colony-pace', runAnswerSchema, { ticksPerSecond });
  }

  /** Asks for another number of backends. */
  scale(backends: number): Promise<ScaleAnswer> {
    return this.#send('PUT', '/colony-scale', scaleAnswerSchema, { backends });
  }

  /** Whether it is ready to serve; undefined when there is no answer. */
  async isReady(timeoutMs: number): Promise<boolean | undefined> {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await this.#fetch(`${this.#url}/readyz`, { signal });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return undefined;
    }
  }

  /**
   * What a path answers that is no JSON: a picture, a table.
   *
   * @param maxBytes more is refused.
   */
  async bytes(path: string, maxBytes: number, accept = '*/*'): Promise<Uint8Array> {
    return (await this.bytesOf(path, maxBytes, accept)).body;
  }

  /** The same, with the headers of the answer. */
  async bytesOf(path: string, maxBytes: number, accept = '*/*') {
    const request = `GET ${path.replace(/\?.*/, '')}`;
    const answer = await this.#exchange(path, { headers: { accept } }, maxBytes);
    if (answer.status === 200) return answer;
    const { status, body } = answer;
    throw refusalOf(status, `${request} at ${this.#url}`, new TextDecoder().decode(body));
  }

  #events(query: Record<string, number>): Promise<ColonyEvent[]> {
    return this.#get(`/colony-events?${queryText(query)}`, z.array(colonyEventSchema));
  }

  #get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#send('GET', path, schema);
  }

  async #send<T>(method: string, path: string, schema: z.ZodType<T>, json?: unknown): Promise<T> {
    const request = `${method} ${path.replace(/\?.*/, '')}`;
    const { status, body } = await this.#exchange(
      path,
      json === undefined
        ? { method }
        : {
            method,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(json),
          },
      ANSWER_MAX_BYTES,
    );
    const text = new TextDecoder().decode(body);
    if (status < 200 || status > 299) throw refusalOf(status, `${request} at ${this.#url}`, text);
    const answer = schema.safeParse(parseJson(text));
    if (answer.success) return answer.data;
    const where = answer.error.issues[0]?.path.join('.') || 'the body';
    throw new CliError(
      `${this.#url} is of another build than this command: it answered ${request} without ${where} as this build knows it. Use the command of its build, or upgrade the colony.`,
      EXIT.usage,
      answer.error,
    );
  }

  async #exchange(path: string, init: RequestInit, maxBytes: number) {
    try {
      const signal = AbortSignal.timeout(this.#timeoutMs);
      const response = await this.#fetch(`${this.#url}${path}`, { ...init, signal });
      const body = await readBody(response, maxBytes, this.#url);
      return { status: response.status, headers: response.headers, body };
    } catch (error) {
      if (error instanceof CliError) throw error;
      const reason = reasonOf(error, this.#timeoutMs);
      throw new CliError(`${this.#url} cannot be reached: ${reason}.`, EXIT.usage, error);
    }
  }
}
