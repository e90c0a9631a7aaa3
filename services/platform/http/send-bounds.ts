import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds answers that their clients do not take: what is written to a connection waits in this process's
 * memory until the other side reads it, and the largest picture has 4 MB.
 */
export interface SendLimits {
  /** Of one answer, from when it is written to when it has left the process; more if it is large, see below. */
  timeoutMs: number;
  /** Who takes a large answer at this rate or faster gets all of it. */
  leastBytesPerS: number;
  /** Of all answers that wait. Beyond, the one that was asked for first is cut off. */
  maxBytes: number;
  checkIntervalMs: number;
}

export const SEND_LIMITS: SendLimits = {
  timeoutMs: 30_000,
  leastBytesPerS: 16 * 1024,
  maxBytes: 64 * 1024 * 1024,
  checkIntervalMs: 250,
};

interface Answer {
  socket: Socket;
  /** Written to the connection before the answer. */
  bytesBefore: number;
  waitedMs: number;
}

/**
 * By size and not by progress: whoever takes a byte now and then is not kept for ever, and Node does not tell
 * how much of one large write the operating system has taken.
 */
function allowedMs({ socket, bytesBefore }: Answer, limits: SendLimits): number {
  const bytes = socket.bytesWritten - bytesBefore;
  return limits.timeoutMs + (bytes * 1_000) / limits.leastBytesPerS;
}

/** Streams that a connection was upgraded to are no answers: the app bounds those. */
export function boundSending(server: Server, limits: SendLimits, onClosed: () => void): void {
  /** What is being answered, the oldest first, with how long it has been found waiting. */
  const open = new Map<ServerResponse, Answer>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (response.closed) return;
    open.set(response, { socket, bytesBefore: socket.bytesWritten, waitedMs: 0 });
    response.once('close', () => open.delete(response));
  });
  const check = () => {
    let bytes = 0;
    for (const response of open.keys()) bytes += response.writableLength;
    for (const [response, answer] of open) {
      const waitingBytes = response.writableLength;
      if (waitingBytes === 0) continue;
      answer.waitedMs += limits.checkIntervalMs;
      if (bytes <= limits.maxBytes && answer.waitedMs <= allowedMs(answer, limits)) continue;
      bytes -= waitingBytes;
      // What it kept is let go of, though its end may be told later than the next look.
      open.delete(response);
      answer.socket.destroy();
      onClosed();
    }
  };
  const timer = setInterval(check, limits.checkIntervalMs).unref();
  server.once('close', () => clearInterval(timer));
}
