import { connect, type Socket } from 'node:net';

/** A port that is attacked. */
export interface Target {
  role: 'coordinator' | 'backend' | 'store';
  port: number;
}

/** How a connection went. */
export interface Outcome {
  at: Target['role'];
  /**
   * Status and code of the answer, or `closed` without one, or `silence`. An answer that other sites may
   * read ends with `!`.
   */
  how: string;
}

const HOST = '127.0.0.1';
const CRLF = '\r\n';

/** A request as it goes over the wire; Host and length are added unless they are given. */
export function requestText(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): string {
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const all = { host: 'localhost', connection: 'close', ...length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, '', body].join(CRLF);
}

/** One connection of an attacker. */
export class Attacker {
  readonly socket: Socket;
  readonly #target: Target;
  readonly #ended: Promise<void>;
  #answer = '';
  #isOver = false;

  constructor(target: Target) {
    this.#target = target;
    this.socket = connect(target.port, HOST);
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk) => {
      if (this.#answer.length < 16_384) this.#answer += chunk.toString('latin1');
    });
    this.#ended = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.#isOver = true;
        resolve();
      });
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Waits for the end, at most so long, closes it, and says how it went. */
  async outcome(withinMs: number): Promise<Outcome> {
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([this.#ended, timeUp]);
    clearTimeout(timer);
    const isCut = this.#isOver;
    this.socket.destroy();
    const how = summaryOf(this.#answer) ?? (isCut ? 'closed' : 'silence');
    return { at: this.#target.role, how };
  }
}

/** Sends one request on a connection of its own. */
export function send(
  target: Target,
  text: string | Uint8Array,
  withinMs = 5_000,
): Promise<Outcome> {
  const attacker = new Attacker(target);
  attacker.socket.write(text);
  return attacker.outcome(withinMs);
}

/** What an answer says; nothing if there is none. */
export function summaryOf(answer: string): string | undefined {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
  if (status === undefined) return undefined;
  const code = /"code":"([A-Z_]+)"/.exec(answer)?.[1];
  const isShown = /^access-control-allow-/im.test(answer) ? ' shown to other sites!' : '';
  return `${status}${code === undefined ? '' : ` ${code}`}${isShown}`;
}
