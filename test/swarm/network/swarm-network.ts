import { isStream, type UpgradeHandler } from '../../../services/platform/rpc/byte-stream.ts';
import {
  type OpenRequest,
  type OpenResponse,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from '../../../services/platform/rpc/transport.ts';
import type { Boot } from '../processes/boot.ts';
import type { ProcessClock } from '../time/process-clock.ts';
import type { Timeline } from '../time/timeline.ts';
import type { Trace } from '../trace/trace.ts';
import { Wire, type WriteFate } from './wire-stream.ts';

/** What listens at an origin. */
export interface Endpoint {
  boot: Boot;
  fetch(request: Request): Response | Promise<Response>;
  upgrade?: UpgradeHandler;
}

/** Who calls: its life, and the clock by which it waits. */
export interface Caller {
  boot: Boot;
  clock: ProcessClock;
}

/** What becomes of one call. */
export interface CallFate {
  /** Until it arrives, and until its answer does. */
  delayMs: number;
  answerDelayMs: number;
  isLost?: boolean;
  isRefused?: boolean;
  isAnswerLost?: boolean;
  /** It arrives once more, so much later. */
  againMs?: number;
}

/** Decides over everything that is sent. */
export interface Weather {
  callFate(from: Boot, to: string, path: string): CallFate;
  writeFate(from: Boot, to: Boot, bytes: number): WriteFate;
  /** Whether nothing gets through in this direction. */
  isCut(from: string, to: string): boolean;
}

/** Sees calls on their way. */
export interface CallWatch {
  sent(caller: Caller, request: TransportRequest | OpenRequest): void;
  arrived(
    to: Endpoint,
    request: TransportRequest,
  ): ((status: number, body: Uint8Array) => void) | undefined;
}

type Answered = { status: number; headers: Headers; body: Uint8Array };

/** A network between the processes of a run, in which every message takes time and may meet with a fault. */
export class SwarmNetwork {
  readonly #parts: { timeline: Timeline; weather: Weather; trace: Trace; watch: CallWatch };
  readonly #endpoints = new Map<string, Endpoint>();
  #calls = 0;

  constructor(parts: { timeline: Timeline; weather: Weather; trace: Trace; watch: CallWatch }) {
    this.#parts = parts;
  }

  attach(origin: string, endpoint: Endpoint): void {
    this.#endpoints.set(origin, endpoint);
    endpoint.boot.whenItEnds(() => this.detach(origin, endpoint));
  }

  /** Nothing listens there any more, unless something else does by now. */
  detach(origin: string, endpoint: Endpoint): void {
    if (this.#endpoints.get(origin) === endpoint) this.#endpoints.delete(origin);
  }

  isTaken(origin: string): boolean {
    return this.#endpoints.has(origin);
  }

  transportOf(caller: Caller): Transport {
    return {
      send: (request) => this.#send(caller, request),
      open: (request) => this.#open(caller, request),
      close: async () => {},
    };
  }

  /** Any HTTP request. Rejects with a TransportError. */
  async fetch(caller: Caller, request: Request, timeoutMs: number): Promise<Response> {
    const url = new URL(request.url);
    const { method } = request;
    const body = new Uint8Array(await request.arrayBuffer());
    const length = { 'content-length': String(body.byteLength) };
    const headers = { ...Object.fromEntries(request.headers), ...length };
    const answer = await this.#call(
      caller,
      { origin: url.origin, path: url.pathname, timeoutMs },
      (to) =>
        fetched(
          to,
          new Request(request.url, { method, headers, ...(body.byteLength > 0 && { body }) }),
        ),
    );
    const { status, body: bytes } = answer;
    return new Response(bytes as Uint8Array<ArrayBuffer>, { status, headers: answer.headers });
  }

  async #send(caller: Caller, request: TransportRequest): Promise<TransportResponse> {
    this.#parts.watch.sent(caller, request);
    const { origin, path, method, headers, body, maxResponseBytes } = request;
    const {
      status,
      headers: answered,
      body: bytes,
    } = await this.#call(caller, request, async (to) => {
      const told = this.#parts.watch.arrived(to, request);
      const answer = await fetched(
        to,
        new Request(origin + path, {
          method,
          headers: { ...headers, 'content-length': String(body.byteLength) },
          body: body.slice(),
        }),
      );
      told?.(answer.status, answer.body);
      return answer;
    });
    if (bytes.byteLength > maxResponseBytes) {
      throw new TransportError('failed', `more than ${maxResponseBytes} bytes`);
    }
    return { status, header: (name) => answered.get(name) ?? undefined, body: bytes };
  }

  #open(caller: Caller, request: OpenRequest): Promise<OpenResponse> {
    const { origin, path, protocol, headers } = request;
    this.#parts.watch.sent(caller, request);
    return this.#call(caller, request, async (to) => {
      const sent = { host: new URL(origin).host, ...headers };
      const lowerCase = new Map(Object.entries(sent).map(([k, v]) => [k.toLowerCase(), v]));
      const header = (name: string) => lowerCase.get(name.toLowerCase());
      const answer = to.upgrade?.({ path, protocol, header });
      if (answer === undefined) throw new TransportError('failed', `${origin}: no streams here`);
      const answered = new Map(Object.entries(answer.headers));
      const response = { header: (name: string) => answered.get(name.toLowerCase()) };
      if (!isStream(answer)) return { ...response, status: answer.status, body: answer.body };
      const { timeline, weather } = this.#parts;
      const wire = new Wire({
        timeline,
        client: caller.boot,
        server: to.boot,
        fateOf: (from, other, bytes) => weather.writeFate(from, other, bytes),
      });
      answer.run(wire.server);
      return { ...response, status: 101 as const, stream: wire.client };
    });
  }

  /** One call and its answer, with whatever happens to both. */
  #call<T extends { status: number; body?: Uint8Array }>(
    { boot: from, clock }: Caller,
    { origin, path, timeoutMs }: { origin: string; path: string; timeoutMs: number },
    handle: (to: Endpoint) => Promise<T>,
  ): Promise<T> {
    const { timeline, weather, trace } = this.#parts;
    const fate = weather.callFate(from, origin, path);
    const number = ++this.#calls;
    trace.add(`call ${number} ${from.name} > ${origin.slice(7)}${path}`);
    return new Promise<T>((resolve, reject) => {
      const timeout = clock.after(timeoutMs, () => {
        reject(new TransportError('timeout', `${origin}${path}: no answer within ${timeoutMs} ms`));
      });
      const answered = (settle: () => void) => {
        if (fate.isAnswerLost || weather.isCut(origin, from.origin)) return;
        timeline.after(fate.answerDelayMs, () =>
          from.reach(() => {
            timeout.happen = undefined;
            settle();
          }),
        );
      };
      const fail = (error: TransportError) => answered(() => reject(error));
      const arrive = (isAnswered: boolean) => {
        const to = this.#endpoints.get(origin);
        if (to === undefined || fate.isRefused) {
          if (isAnswered) fail(new TransportError('refused', `${origin}: connection refused`));
          return;
        }
        let isOpen = isAnswered;
        const broken = new TransportError('broken', `${origin}: connection reset`);
        const forget = to.boot.whenItEnds(() => {
          if (isOpen) fail(broken);
        });
        to.boot.reach(() => {
          handle(to).then(
            (answer) => {
              forget();
              if (to.boot.isDead || !isOpen) return;
              const bytes = answer.body?.byteLength ?? 0;
              trace.add(`answer ${number} ${to.boot.name} ${answer.status}, ${bytes} bytes`);
              answered(() => resolve(answer));
            },
            (error: unknown) => {
              forget();
              if (to.boot.isDead || !isOpen) return;
              isOpen = false;
              fail(error instanceof TransportError ? error : broken);
            },
          );
        });
      };
      if (weather.isCut(from.origin, origin)) return;
      if (!fate.isLost) timeline.after(fate.delayMs, () => arrive(true));
      if (fate.againMs !== undefined) {
        timeline.after(fate.delayMs + fate.againMs, () => arrive(false));
      }
    });
  }
}

async function fetched(to: Endpoint, request: Request): Promise<Answered> {
  const answer = await to.fetch(request);
  const body = new Uint8Array(await answer.arrayBuffer());
  return { status: answer.status, headers: answer.headers, body };
}
