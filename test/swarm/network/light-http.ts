import { type HeaderValues, LightHeaders } from './light-headers.ts';

/**
 * Requests and responses whose bodies are whole, in place of Node's while a run goes on. Node's make streams
 * and abort signals of every message: without them a run takes a third of the time, and does not depend on how
 * many turns these take in this Node or that.
 */
type Body = string | Uint8Array | ArrayBuffer | null | undefined;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

class LightBody {
  readonly headers: LightHeaders;
  /** As it was given: whoever passes it on gives it to the next one. */
  readonly body: Body;

  constructor(body: Body, headers: HeaderValues | undefined) {
    this.body = body ?? null;
    this.headers = new LightHeaders(headers);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes().slice().buffer as ArrayBuffer;
  }

  async text(): Promise<string> {
    return typeof this.body === 'string' ? this.body : decoder.decode(this.#bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  #bytes(): Uint8Array {
    if (typeof this.body === 'string') return encoder.encode(this.body);
    return this.body instanceof Uint8Array
      ? this.body
      : new Uint8Array(this.body ?? new ArrayBuffer(0));
  }
}

class LightRequest extends LightBody {
  readonly url: string;
  readonly method: string;

  constructor(
    url: string | URL,
    init: { method?: string; headers?: HeaderValues; body?: Body } = {},
  ) {
    super(init.body, init.headers);
    this.url = String(url);
    this.method = init.method ?? 'GET';
  }
}

class LightResponse extends LightBody {
  readonly status: number;

  constructor(body?: Body, init: { status?: number; headers?: HeaderValues } = {}) {
    super(body, init.headers);
    this.status = init.status ?? 200;
    if (typeof body === 'string' && !this.headers.has('content-type')) {
      this.headers.set('content-type', 'text/plain;charset=UTF-8');
    }
  }

  static json(value: unknown, init: { status?: number; headers?: HeaderValues } = {}) {
    const headers = new LightHeaders(init.headers);
    if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    return new LightResponse(JSON.stringify(value), { ...init, headers });
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  clone(): LightResponse {
    return new LightResponse(this.body, this);
  }
}

/** Runs work with light requests and responses, which must be the only work of this thread. */
export async function withLightHttp<T>(work: () => Promise<T>): Promise<T> {
  const { Headers, Request, Response } = globalThis;
  Object.assign(globalThis, {
    Headers: LightHeaders,
    Request: LightRequest,
    Response: LightResponse,
  });
  try {
    return await work();
  } finally {
    Object.assign(globalThis, { Headers, Request, Response });
  }
}
