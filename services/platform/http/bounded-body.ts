import { ColonyError } from '../../protocol/common/errors.ts';
import type { BodyBudget } from './body-budget.ts';

/**
 * Smaller bodies are read in one piece, which takes a fraction of the time, and are not counted: the
 * bound on connections bounds them too.
 */
const SMALL_BODY_BYTES = 4 * 1024;

const tooLarge = (bytes: number | string, maxBytes: number) =>
  new ColonyError('BODY_TOO_LARGE', `the body has ${bytes} bytes, at most ${maxBytes} are read`);

/**
 * The body of a request, at most maxBytes. A declared length is judged before anything is read; a
 * body without one is counted while it is read. The server bounds how long it may take (http-bounds.ts).
 *
 * @param budget bounds it together with all others that are being read
 * @throws BODY_TOO_LARGE; BODIES_BUSY if the budget is used up; BODY_INCOMPLETE if the client goes away.
 */
export async function readBoundedBody(
  request: Request,
  maxBytes: number,
  budget?: BodyBudget,
): Promise<Uint8Array> {
  const declared = request.headers.get('content-length');
  if (declared !== null && (!/^\d{1,15}$/.test(declared) || Number(declared) > maxBytes)) {
    throw tooLarge(declared, maxBytes);
  }
  // An HTTP parser ends the body at its declared length, so that this is bounded.
  if (declared !== null && Number(declared) <= SMALL_BODY_BYTES) {
    const body = new Uint8Array(await request.arrayBuffer().catch(throwIncomplete));
    if (body.byteLength > maxBytes) throw tooLarge(body.byteLength, maxBytes);
    return body;
  }
  if (request.body === null) return new Uint8Array(0);
  return readStream(request.body, maxBytes, budget);
}

async function readStream(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
  budget: BodyBudget | undefined,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = stream.getReader();
  const giveUp = () => void reader.cancel().catch(() => undefined);
  const share = budget?.begin(giveUp);
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(throwIncomplete);
      if (share?.isGivenUp) {
        throw new ColonyError('BODIES_BUSY', `${bytes} bytes of the body had come`);
      }
      if (done) break;
      bytes += value.byteLength;
      if (bytes > maxBytes) {
        giveUp();
        throw tooLarge(`more than ${maxBytes}`, maxBytes);
      }
      chunks.push(value);
      if (share) budget?.add(share, value.byteLength);
    }
  } finally {
    if (share) budget?.end(share);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : concatenate(chunks, bytes);
}

function throwIncomplete(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new ColonyError('BODY_INCOMPLETE', `the body did not come whole: ${reason}`, { cause });
}

/** One array of all chunks; `bytes` is their sum. */
export function concatenate(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    out.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return out;
}
