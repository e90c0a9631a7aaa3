/**
 * A connection to another process that carries bytes in both directions, in order and unchanged, until
 * either side ends it.
 */
export interface ByteStream {
  /**
   * Sends chunks one after the other without waiting. It does not copy them: the last `waitingBytes`
   * that were written must not be changed. After the end, chunks are dropped.
   */
  write(...chunks: Uint8Array[]): void;
  /** Bytes that were written and still wait, because the other side does not keep up. */
  readonly waitingBytes: number;
  /** Sets the listener, once. What came before is kept for it. */
  listen(listener: StreamListener): void;
  /** Ends it at once, for both sides. Bytes that wait are lost. */
  destroy(): void;
}

/** The receiver names the buffer for incoming bytes, so that they need not be copied again. */
export interface StreamListener {
  /** Returns room for the next bytes, at least one; called again after each part that was filled. */
  room(): Uint8Array;
  /** Told that so many bytes of the room given last are filled: any part of what was written. */
  filled(bytes: number): void;
  /** Told once that the stream has ended, whichever side ended it, with the error if there was one. */
  end(cause?: Error): void;
}

/** Hands a listener a chunk, by copying it into the listener's room. */
export function pour(chunk: Uint8Array, listener: Omit<StreamListener, 'end'>): void {
  for (let at = 0; at < chunk.byteLength; ) {
    const room = listener.room();
    const part = chunk.subarray(at, at + room.byteLength);
    room.set(part);
    at += part.byteLength;
    listener.filled(part.byteLength);
  }
}

/** A request to turn an HTTP connection into a stream of bytes (`Upgrade`). */
interface UpgradeRequest {
  path: string;
  /** The protocol that the connection is to speak from then on. */
  protocol: string;
  header(name: string): string | undefined;
}

/** A problem document refuses it, and the connection is closed. */
export type UpgradeAnswer =
  | { status: 101; headers: Record<string, string>; run: (stream: ByteStream) => void }
  | { status: number; headers: Record<string, string>; body: Uint8Array };

/** Decides at once, so that nothing is kept for an unauthenticated client. */
export type UpgradeHandler = (request: UpgradeRequest) => UpgradeAnswer;

export const isStream = (
  answer: UpgradeAnswer,
): answer is Extract<UpgradeAnswer, { run: unknown }> => 'run' in answer;
