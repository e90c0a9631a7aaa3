import { parseAccept } from 'hono/utils/accept';

/** Whether the Accept-Encoding header allows gzip; a weight of 0 forbids it. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const accepted = parseAccept(acceptEncoding ?? '');
  const weight = (name: string) => accepted.find((a) => a.type.toLowerCase() === name)?.q;
  return (weight('gzip') ?? weight('*') ?? 0) > 0;
}

/** Whether an If-None-Match header names the tag; compared weakly (RFC 9110, 13.1.2). */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const opaque = etag.replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === opaque);
}

/** A weak tag: the same picture may be sent compressed or not. */
export const weakEtag = (value: string): string => `W/"${value.replaceAll(/^W\/|"/g, '')}"`;

/**
 * The name of the media type that an Accept header weighs highest; of several the first. undefined if it accepts
 * none of them.
 */
export function preferredType<N extends string>(
  accept: string | undefined,
  types: Readonly<Record<N, string>>,
): N | undefined {
  const accepted = parseAccept(accept ?? '*/*');
  const weightOf = (type: string): number => {
    const [kind] = type.split('/');
    const exact = [type, `${kind}/*`, '*/*'];
    const found = exact.flatMap((one) => accepted.find((a) => a.type.toLowerCase() === one) ?? []);
    return found[0]?.q ?? 0;
  };
  const names = Object.keys(types) as N[];
  const weights = names.map((name) => weightOf(types[name]));
  const best = Math.max(...weights);
  return best > 0 ? names[weights.indexOf(best)] : undefined;
}
