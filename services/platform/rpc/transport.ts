import type { ByteStream } from './byte-stream.ts';

/** One HTTP exchange of bytes. Only the signed RPC is built on it. */
export interface TransportRequest {
  /** For example `http://127.0.0.1:9001`. */
  origin: string;
  method: 'POST';
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
  timeoutMs: number;
  /** An answer with a larger body is an error. */
  maxResponseBytes: number;
}

export interface TransportResponse {
  status: number;
  header(name: string): string | undefined;
  body: Uint8Array;
}

/** A request for a stream of bytes on a connection of its own (HTTP `Upgrade`). */
export interface OpenRequest {
  origin: string;
  path: string;
  /** The protocol to speak on it. */
  protocol: string;
  headers: Record<string, string>;
  timeoutMs: number;
  /** A refusal with a larger body is an error. */
  maxResponseBytes: number;
}

/** The stream, which the caller must end, or a refusal. */
export type OpenResponse =
  | { status: 101; header(name: string): string | undefined; stream: ByteStream }
  | TransportResponse;

/**
 * Why no answer came. `refused`: nothing listens, which proves that the process is gone. `broken`: the other
 * side ended the connection. `failed`: anything else, such as an answer that is too large.
 */
export type TransportReason = 'refused' | 'broken' | 'timeout' | 'failed';

/** A call that failed before an answer came. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly reason: TransportReason;

  constructor(reason: TransportReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** What Node and undici say of a socket that the other side ended. */
const BROKEN_CODES: readonly unknown[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** The reason in the code of a socket's error. */
export function reasonOf(code: unknown): TransportReason {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') return 'timeout';
  return BROKEN_CODES.includes(code) ? 'broken' : 'failed';
}

export interface Transport {
  /** Any HTTP status is an answer; throws TransportError when none came. */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** As `send`, for a stream. Closing the transport leaves streams open. */
  open(request: OpenRequest): Promise<OpenResponse>;
  close(): Promise<void>;
}
