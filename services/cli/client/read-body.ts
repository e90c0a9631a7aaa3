import { CliError, EXIT } from '../terminal/exit-codes.ts';

/**
 * The body of an answer.
 *
 * @param url of the server, for the error.
 * @throws CliError if it has more bytes.
 */
export async function readBody(
  { body }: Response,
  maxBytes: number,
  url: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new CliError(`${url} answered more than ${maxBytes} bytes.`, EXIT.usage);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
