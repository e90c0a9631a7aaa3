import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ThrottlingServer {
  endpoint: string;
  /** How many calls were refused so far, and how many were answered. */
  counts: { throttled: number; answered: number };
  close(): void;
}

/**
 * An AWS JSON service that refuses calls by a function of their number, from 0 on, and answers the
 * others: as an account does whose calls per second are used up.
 */
export async function throttlingServer(
  isThrottled: (call: number) => boolean,
  answer: (action: string, input: Record<string, unknown>) => object,
): Promise<ThrottlingServer> {
  const counts = { throttled: 0, answered: 0 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (isThrottled(counts.throttled + counts.answered)) {
      counts.throttled++;
      response.statusCode = 400;
      response.end('{"__type":"ThrottlingException","message":"Rate exceeded"}');
      return;
    }
    counts.answered++;
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    response.end(JSON.stringify(answer(action, JSON.parse(Buffer.concat(chunks).toString()))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
