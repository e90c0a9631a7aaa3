import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  status?: number;
  body: unknown;
}

/** `METHOD /path?query` → answers in turn, the last one for good; a function is asked each time. */
export type Routes = Record<string, Answer[] | ((url: URL) => Answer)>;

/** A server that answers as a coordinator would. */
export class FakeColony {
  readonly requests: { method: string; path: string; body: string }[] = [];
  url = '';
  #server: Server | undefined;
  readonly #routes: Routes;

  constructor(routes: Routes) {
    this.#routes = routes;
  }

  async listen(): Promise<this> {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        const url = new URL(request.url ?? '', this.url);
        this.requests.push({ method: request.method ?? '', path: request.url ?? '', body });
        const { status = 200, body: answer } = this.#answer(
          `${request.method} ${url.pathname}`,
          url,
        );
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  #answer(route: string, url: URL): Answer {
    const answers = this.#routes[route];
    if (answers === undefined) return { status: 404, body: '' };
    if (typeof answers === 'function') return answers(url);
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 404, body: '' };
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

/** Collects what a command writes. */
export function recordingOutput() {
  const lines: string[] = [];
  const notes: string[] = [];
  const documents: unknown[] = [];
  return {
    lines,
    notes,
    documents,
    isTerminal: false,
    line: (text: string) => void lines.push(text),
    json: (value: unknown) => void documents.push(value),
    progress: () => {},
    note: (text: string) => void notes.push(text),
  };
}
