import { ColonyError } from '../../protocol/common/errors.ts';

/**
 * The body of a request, at most maxBytes. A declared length is judged before anything is read; a
 * body without one is counted while it is read. Throws BODY_TOO_LARGE.
 */
export async function readBoundedBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (bytes: number | string) =>
    new ColonyError('BODY_TOO_LARGE', `the body has ${bytes} bytes, at most ${maxBytes} are read`);
  const declared = request.headers.get('content-length');
  if (declared !== null) {
    if (!/^\d{1,15}$/.test(declared) || Number(declared) > maxBytes) throw tooLarge(declared);
    // An HTTP parser ends the body at its declared length, so that this is bounded.
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.byteLength > maxBytes) throw tooLarge(body.byteLength);
    return body;
  }
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw tooLarge(`more than ${maxBytes}`);
    }
    chunks.push(value);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : concatenate(chunks, bytes);
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
