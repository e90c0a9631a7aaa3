import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../services/protocol/common/error-codes.ts';
import { LAYERS } from '../../../services/world/measuring/layers.ts';
import { BesiegedColony, type Refusal, refusalIn } from '../../simulation/besieged-colony.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';

/**
 * Requests to the public API that no client means well with: each is a problem with status 4xx, and
 * the world ticks on.
 */

let colony: BesiegedColony;
beforeAll(async () => {
  colony = await BesiegedColony.start('the-key');
});
afterEach(() => colony.expectItTicksOn());
afterAll(() => colony.cluster.close());

const isRefusal = ({ status }: Refusal) => status >= 400 && status < 500;

describe('on the public API of the leader and of a standby', () => {
  const both = () => [colony.leader, colony.standby];
  const ask = async (at: CoordinatorMember, path: string, init?: RequestInit) =>
    refusalIn(await colony.cluster.during(at.request(path, init)));
  const json = (body: string): RequestInit => ({
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const other = '/colony-start?idempotency_key=other';

  test.each<[query: string, code: ErrorCode]>([
    ['layer=everything', 'BAD_REQUEST'],
    ['layer=__proto__', 'BAD_REQUEST'],
    ['x=-1', 'BAD_REQUEST'],
    ['width=-64&height=-64', 'BAD_REQUEST'],
    ['width=0', 'BAD_REQUEST'],
    ['scale=999999999999', 'BAD_REQUEST'],
    ['width=40000&height=25000', 'FRAME_OUTSIDE_WORLD'],
    ['x=65536&y=65536', 'FRAME_OUTSIDE_WORLD'],
    ['x=90&width=7', 'FRAME_OUTSIDE_WORLD'],
  ])('GET /frame?%s is %s', async (query, code) => {
    for (const at of both()) {
      expect(await ask(at, `/frame?${query}`)).toEqual({ status: 400, code });
    }
  });

  const deep = (open: string, close: string) => open.repeat(10_000) + close.repeat(10_000);
  test.each<[what: string, body: string, status: number, code: ErrorCode]>([
    ['that is cut off', '{"width":', 400, 'BAD_REQUEST'],
    ['of arrays in arrays in arrays', deep('[', ']'), 400, 'SPEC_INVALID'],
    ['with a deep value', `{"width":${deep('[', ']')}}`, 400, 'SPEC_INVALID'],
    ['with a deep rule', `{"rules":${deep('{"a":', '}').replace('}', '1}')}}`, 400, 'SPEC_INVALID'],
    ['with a prototype', '{"__proto__":{"width":500}}', 400, 'SPEC_INVALID'],
    ['with a number beyond all', '{"seed":1e999}', 400, 'SPEC_INVALID'],
    ['with a negative size', '{"width":-500}', 400, 'SPEC_INVALID'],
    ['of 64 KiB and one', `{}${' '.repeat(64 * 1024 - 1)}`, 413, 'BODY_TOO_LARGE'],
    ['that is a spec, under another key', '{"seed":9}', 409, 'COLONY_ALREADY_STARTED'],
  ])('a colony-start with a body %s', async (_what, body, status, code) => {
    for (const at of both()) expect(await ask(at, other, json(body))).toEqual({ status, code });
  });

  test('the key of the colony with another body', async () => {
    for (const at of both()) {
      expect(await ask(at, '/colony-start?idempotency_key=the-key', json('{"seed":9}'))).toEqual({
        status: 422,
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
    }
  });

  test.each<[method: string, path: string]>([
    ['POST', '/colony-start?idempotency_key=other'],
    ['POST', '/colony-stop?colony_instance_id=other'],
    ['POST', '/colony-pause'],
    ['PUT', '/colony-pace'],
    ['PUT', '/colony-scale'],
  ])('%s %s from a foreign page or to a foreign host', async (method, path) => {
    for (const at of both()) {
      const foreignHost = { method, headers: { host: 'evil.example' } };
      expect(await ask(at, path, foreignHost)).toEqual({ status: 421, code: 'HOST_NOT_ALLOWED' });
      for (const headers of [
        { origin: 'http://evil.example' },
        { 'sec-fetch-site': 'cross-site' },
      ]) {
        const answer = await ask(at, path, { method, headers });
        expect(answer).toEqual({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
      }
    }
  });

  test('a stop of another instance', async () => {
    for (const at of both()) {
      const stop = ask(at, '/colony-stop?colony_instance_id=other', { method: 'POST' });
      expect(await stop).toEqual({ status: 409, code: 'COLONY_INSTANCE_MISMATCH' });
    }
  });

  test('any bytes and any JSON as a body', async () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => new TextDecoder('latin1').decode(bytes)),
      fc.json({ maxDepth: 4 }),
      fc
        .record({ ticksPerSecond: fc.oneof(fc.integer({ max: 0 }), fc.string(), fc.boolean()) })
        .map((value) => JSON.stringify(value)),
      fc
        .dictionary(
          fc.constantFrom('width', 'height', 'shardSize', 'seed', 'rules'),
          fc.jsonValue(),
        )
        .map((value) => JSON.stringify(value)),
    );
    const types = fc.constantFrom('application/json', 'text/plain', '');
    await fc.assert(
      fc.asyncProperty(bodies, types, fc.boolean(), async (body, type, atLeader) => {
        const at = atLeader ? colony.leader : colony.standby;
        const init = { body, headers: type === '' ? {} : { 'content-type': type } };
        const start = await ask(at, other, { ...init, method: 'POST' });
        const pace = await ask(at, '/colony-pace', { ...init, method: 'PUT' });
        return isRefusal(start) && isRefusal(pace);
      }),
      { numRuns: 150 },
    );
  });

  test('any query to what may be read', async () => {
    const names = ['layer', 'x', 'y', 'width', 'height', 'scale', 'from', 'limit', 'wait', 'a'];
    const values = fc.oneof(
      fc.integer().map(String),
      fc.constantFrom(...LAYERS, '', '1e3', '0x10', '٣', '99999999999999999999', '%00', '%'),
      fc.string({ maxLength: 20, unit: 'binary' }).map(encodeURIComponent),
    );
    const queries = fc.array(fc.tuple(fc.constantFrom(...names), values), { maxLength: 5 });
    const paths = fc.constantFrom('/frame', '/digests', '/colony-events', '/colony', '/topology');
    await fc.assert(
      fc.asyncProperty(paths, queries, fc.boolean(), async (path, query, atLeader) => {
        const text = query.map((pair) => pair.join('=')).join('&');
        const asked = (atLeader ? colony.leader : colony.standby).request(`${path}?${text}`);
        const response = await colony.cluster.during(asked);
        return response.status === 200 || isRefusal(await refusalIn(response));
      }),
      { numRuns: 150 },
    );
  });
});

test('after all of them the digests are those of the world in one piece, and nothing was unexpected', () =>
  colony.expectNoHarm());

describe('a start that asks for more than there is', () => {
  let fresh: ColonyCluster;
  let coordinator: CoordinatorMember;
  beforeAll(async () => {
    fresh = new ColonyCluster({ startTimeoutMs: 2_000 });
    coordinator = await fresh.addCoordinator();
    await fresh.addBackend();
    await fresh.clock.advance(500);
  });
  afterAll(() => fresh.close());
  const start = (key: string, body: object) =>
    fresh.during(colonyStart(coordinator, key, { waitSeconds: 25, body }));

  test('shards without number are refused before anything is claimed', async () => {
    const answer = await start('shards', { width: 65_536, height: 65_536, shardSize: 16 });
    expect(answer).toMatchObject({ status: 400, body: { code: 'SPEC_INVALID' } });
    expect((await fresh.store.read()).generation).toBe(0);
  });

  test('a world larger than all memory fails, and the next start goes on', async () => {
    const answer = await start('memory', { width: 65_536, height: 65_536, shardSize: 4_096 });
    expect(answer).toMatchObject({ status: 503, body: { code: 'COLONY_START_FAILED' } });
    expect(await start('memory', {})).toMatchObject({ status: 200 });
  });
});
