/**
 * A connection to another process that carries bytes both ways, in order and unchanged, until one
 * of the two ends it.
 */
export interface ByteStream {
  /**
   * Sends chunks one after the other without waiting, and keeps them until they are gone: what was
   * written last may not be changed as far as `waitingBytes` reach. After the end they are dropped.
   */
  write(...chunks: Uint8Array[]): void;
  /** Bytes that were written and still wait here, because the other side does not keep up. */
  readonly waitingBytes: number;
  /** Whom to tell what comes; once. What came before is kept for it. */
  listen(listener: StreamListener): void;
  /** Ends it at once, for both sides. What waits is lost. */
  destroy(): void;
}

/** The receiver names the buffer for incoming bytes, so that they need not be copied again. */
export interface StreamListener {
  /** Room for the next bytes, at least one; asked for again after each part that was filled. */
  room(): Uint8Array;
  /** So many bytes, from the first on, of the room that was given last are there: any part of what was written. */
  filled(bytes: number): void;
  /** The stream is over, whichever side ended it; called once, with the error if there was one. */
  end(cause?: Error): void;
}

/** Gives a listener a chunk that stands somewhere else. */
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
  /** What the connection shall speak from then on. */
  protocol: string;
  header(name: string): string | undefined;
}

/** A problem refuses it, and the connection is closed. */
export type UpgradeAnswer =
  | { status: 101; headers: Record<string, string>; run: (stream: ByteStream) => void }
  | { status: number; headers: Record<string, string>; body: Uint8Array };

/** Decides at once: nothing of a stranger's is kept. */
export type UpgradeHandler = (request: UpgradeRequest) => UpgradeAnswer;

export const isStream = (
  answer: UpgradeAnswer,
): answer is Extract<UpgradeAnswer, { run: unknown }> => 'run' in answer;
