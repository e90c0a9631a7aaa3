const decoder = new TextDecoder('utf-8', { fatal: true });

/** The value of a JSON text, or of its UTF-8 bytes; undefined where it is none: no schema takes that. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : decoder.decode(json));
  } catch {
    return undefined;
  }
}
