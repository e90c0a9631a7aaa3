const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON text, or its UTF-8 bytes, after a byte order mark if there is one; undefined if it is
 * not JSON, which no schema accepts.
 */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(
      typeof json === 'string' ? json.replace(/^\uFEFF/, '') : decoder.decode(json),
    );
  } catch {
    return undefined;
  }
}
