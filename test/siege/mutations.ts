import { requestText } from './raw-http.ts';

/** Requests that change nothing even when a mutation leaves them whole. */
const ORIGINALS = [
  requestText('GET', '/colony'),
  requestText('GET', '/frame?layer=food&x=0&y=0&width=64&height=64&scale=1'),
  requestText('GET', '/digests?from=0&limit=10', { 'if-none-match': '"a"' }),
  requestText('GET', '/healthz'),
  requestText(
    'POST',
    '/colony-start?idempotency_key=siege',
    { 'content-type': 'application/json' },
    '{"width":256,"height":192,"shardSize":64,"seed":1}',
  ),
  requestText('POST', '/colony-stop?colony_instance_id=siege'),
  requestText(
    'POST',
    '/rpc/heartbeat',
    { 'colony-call': 'a;b;1;1.1.1', 'colony-body': '00'.repeat(32), 'colony-mac': '00'.repeat(32) },
    '{"horizon":9,"ticksPerSecond":null,"durableThroughTick":-1}',
  ),
  requestText('GET', '/rpc/halo', { connection: 'Upgrade', upgrade: 'colony-halo/2' }),
  requestText(
    'POST',
    '/store/replace',
    { 'content-type': 'application/json' },
    '{"colonyName":"colony","seenRevision":1,"text":"{}"}',
  ),
];

/** Whole numbers below a bound, from a seed (xorshift32). */
function draws(seed: number): (below: number) => number {
  let state = (seed >>> 0) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Requests with some of their bytes changed, left out, repeated or put in. */
export function mutations(seed: number, count: number): IterableIterator<Uint8Array> {
  const draw = draws(seed);
  const requests = Array.from({ length: count }, (_, i) => {
    let bytes = [...Buffer.from(ORIGINALS[i % ORIGINALS.length] as string, 'latin1')];
    for (let change = draw(4); change >= 0; change--) bytes = mutate(bytes, draw);
    return Uint8Array.from(bytes);
  });
  return requests.values();
}

function mutate(bytes: readonly number[], draw: (below: number) => number): number[] {
  const at = draw(bytes.length);
  const length = 1 + draw(8);
  const before = bytes.slice(0, at);
  const after = bytes.slice(at + length);
  const part = bytes.slice(at, at + length);
  const random = part.map(() => draw(256));
  const ways = [
    () => [...before, ...random, ...after],
    () => [...before, ...after],
    () => [...before, ...part, ...part, ...after],
    () => [...before, ...random, ...part, ...after],
    () => before,
    () => [...before, ...Buffer.from('\r\n'), ...part, ...after],
  ];
  const way = ways[draw(ways.length)] as () => number[];
  const result = way();
  return result.length === 0 ? [0] : result;
}
