/**
 * A connection to another process that carries bytes both ways, in order and unchanged, until one
 * of the two ends it.
 */
export interface ByteStream {
  /**
   * Sends chunks one after the other without waiting, and keeps them until they are gone: nobody
   * may change them as long as `waitingBytes` is not 0. After the end they are dropped.
   */
  write(...chunks: Uint8Array[]): void;
  /** Bytes that were written and still wait here, because the other side does not keep up. */
  readonly waitingBytes: number;
  /** Whom to tell what comes; once. What came before is kept for it. */
  listen(listener: StreamListener): void;
  /** Ends it at once, for both sides. What waits is lost. */
  destroy(): void;
}

export interface StreamListener {
  /** The chunk is the listener's, and may hold any part of what was written. */
  data(chunk: Uint8Array): void;
  /** Nothing comes any more, whoever ended it; called once, with what went wrong if it did. */
  end(cause?: Error): void;
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
