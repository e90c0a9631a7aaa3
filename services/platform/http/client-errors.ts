import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '../../protocol/common/error-codes.ts';
import { ColonyError, PROBLEM_CONTENT_TYPE, problemOf } from '../../protocol/common/errors.ts';
import { problemAnswer } from './problem-answer.ts';

/** What Node's HTTP parser says, in our words. */
const CODES: Readonly<Record<string, [code: ErrorCode, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['REQUEST_TIMEOUT', 'head and body did not come in time'],
  HPE_HEADER_OVERFLOW: ['HEADERS_TOO_LARGE', 'the head is larger than 16 KiB'],
};

/**
 * Answers requests that never reach the app, because they are no HTTP, did not come in time or expect
 * something of the server, as the app would: with a problem document. A client that has gone away gets none, and is no error.
 */
export function answerClientErrors(server: Server): void {
  const responses = new WeakMap<Socket, ServerResponse>();
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    responses.set(socket, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = responses.get(socket);
    const isAnswering = response !== undefined && !response.closed && response.headersSent;
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) {
      socket.destroy();
      return;
    }
    const isParseError = error.code?.startsWith('HPE_') ?? false;
    const reason = isParseError ? 'it is not HTTP' : 'it cannot be read';
    const [code, detail] = CODES[error.code ?? ''] ?? ['BAD_REQUEST', reason];
    socket.end(problemText(new ColonyError(code, detail)));
    socket.destroySoon();
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const error = new ColonyError('EXPECTATION_FAILED', 'nothing is expected but 100-continue');
    const body = JSON.stringify(problemOf(error));
    response.writeHead(error.status, {
      connection: 'close',
      'content-type': PROBLEM_CONTENT_TYPE,
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}

/** The whole answer, as it goes over the wire. */
function problemText(error: ColonyError): string {
  const body = JSON.stringify(problemOf(error));
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

/** Refuses a request of which no URL can be made, for example one with a Host that is none. */
export function refuseUnreadable(error: unknown): Response {
  const isTheirs = error instanceof Error && error.name === 'RequestError';
  return problemAnswer(
    isTheirs
      ? new ColonyError('BAD_REQUEST', error.message)
      : new ColonyError('INTERNAL', 'the request could not be answered'),
  );
}
