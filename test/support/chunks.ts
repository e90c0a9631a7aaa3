import type { StreamListener } from '../../services/platform/rpc/byte-stream.ts';

/** A listener that gets each chunk as an array of its own. */
export function chunkListener(
  data: (chunk: Uint8Array) => void,
  end: (cause?: Error) => void = () => undefined,
): StreamListener {
  const room = new Uint8Array(65_536);
  return { room: () => room, filled: (bytes) => data(room.slice(0, bytes)), end };
}
