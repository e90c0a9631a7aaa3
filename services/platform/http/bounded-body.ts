import { ColonyError } from '../../protocol/common/errors.ts';
import type { BodyBudget } from './body-budget.ts';
import { CollectedBytes } from './collected-bytes.ts';

/**
 * Smaller bodies are read in one piece, which takes a fraction of the time, and are not counted: the
 * bound on connections bounds them too.
 */
const SMALL_BODY_BYTES = 4 * 1024;

/** What a chunk costs until it has been copied, however small it is: its objects in Node's streams. */
const CHUNK_COST_BYTES = 256;

/** A body in more chunks than this is refused if they are tiny on average: each takes a turn of the process. */
const CHUNKS_MAX = 1_000;
const TINY_CHUNK_BYTES = 64;

const tooLarge = (bytes: number | string, maxBytes: number) =>
  new ColonyError('BODY_TOO_LARGE', `the body has ${bytes} bytes, at most ${maxBytes} are read`);

const tooManyChunks = (chunks: number, bytes: number) =>
  new ColonyError(
    'BAD_REQUEST',
    `the body comes in tiny chunks, ${bytes} bytes in ${chunks} of them: send it in larger ones`,
  );

/**
 * The body of a request, at most maxBytes. A declared length is judged before anything is read; a
 * body without one is counted while it is read. The server bounds how long it may take (bounded-server.ts).
 *
 * @param budget bounds it together with all others that are being read
 * @throws BODY_TOO_LARGE; BAD_REQUEST if it comes in a great many tiny chunks; BODIES_BUSY if the budget is
 *   used up; BODY_INCOMPLETE if the client goes away.
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
  const body = new CollectedBytes(maxBytes);
  let chunks = 0;
  const reader = stream.getReader();
  const giveUp = () => void reader.cancel().catch(() => undefined);
  const share = budget?.begin(giveUp);
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(throwIncomplete);
      if (share?.isGivenUp) {
        throw new ColonyError('BODIES_BUSY', `${body.length} bytes of the body had come`);
      }
      if (done) return body.bytes();
      const allocatedBytes = body.allocatedBytes;
      if (!body.append(value)) {
        giveUp();
        throw tooLarge(`more than ${maxBytes}`, maxBytes);
      }
      chunks++;
      if (chunks > CHUNKS_MAX && body.length < chunks * TINY_CHUNK_BYTES) {
        giveUp();
        throw tooManyChunks(chunks, body.length);
      }
      if (share) budget?.add(share, body.allocatedBytes - allocatedBytes + CHUNK_COST_BYTES);
    }
  } finally {
    if (share) budget?.end(share);
  }
}

function throwIncomplete(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new ColonyError('BODY_INCOMPLETE', `the body did not come whole: ${reason}`, { cause });
}
