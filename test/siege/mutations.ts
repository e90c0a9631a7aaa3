import fc from 'fast-check';
import { byteEdit, edits } from '../fuzz/input/mutate-bytes.ts';
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

/** Requests with some of their bytes changed, left out, repeated or put in; from a seed. */
export function mutations(seed: number, count: number): IterableIterator<Uint8Array> {
  const originals = ORIGINALS.map((text) => new Uint8Array(Buffer.from(text, 'latin1')));
  const requests = fc
    .tuple(fc.constantFrom(...originals), edits(byteEdit(originals), { least: 1 }))
    .map(([original, change]) => change(original))
    .map((bytes) => (bytes.length === 0 ? Uint8Array.of(0) : bytes));
  return fc.sample(requests, { seed, numRuns: count }).values();
}
