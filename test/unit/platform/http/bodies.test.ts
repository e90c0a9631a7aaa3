import { describe, expect, test, vi } from 'vitest';
import { BodyBudget } from '../../../../services/platform/http/body-budget.ts';
import { readBoundedBody } from '../../../../services/platform/http/bounded-body.ts';

const MAX_BYTES = 100_000;

/** A request whose body comes as the test says. */
function arriving(headers: Record<string, string> = {}) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  writer.closed.catch(() => undefined);
  const init = { method: 'POST', headers, body: readable, duplex: 'half' } as RequestInit;
  const request = new Request('http://localhost/', init);
  const send = (bytes: number) => writer.write(new Uint8Array(bytes)).catch(() => undefined);
  return { request, send, end: () => writer.close(), abort: () => writer.abort(new Error('gone')) };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'taken',
    (error: { code?: string }) => error.code,
  );

describe('a budget of bodies', () => {
  const given = (budget: BodyBudget) => {
    const giveUp = vi.fn();
    return { giveUp, share: budget.begin(giveUp) };
  };

  test('gives up the oldest bodies, as many as it must', () => {
    const budget = new BodyBudget(10);
    const [first, second, third] = [given(budget), given(budget), given(budget)] as const;
    budget.add(first.share, 4);
    budget.add(third.share, 4);
    budget.add(second.share, 2);
    expect(first.share.isGivenUp).toBe(false);
    budget.add(third.share, 2);
    expect([first, second, third].map(({ share }) => share.isGivenUp)).toEqual([
      true,
      false,
      false,
    ]);
    budget.add(third.share, 4);
    expect([first, second, third].map(({ giveUp }) => giveUp.mock.calls.length)).toEqual([1, 1, 0]);
  });

  test('gives up one that is too much by itself, and takes the next', () => {
    const budget = new BodyBudget(10);
    const large = given(budget);
    budget.add(large.share, 11);
    expect(large.share.isGivenUp).toBe(true);
    budget.add(large.share, 100);
    const next = given(budget);
    budget.add(next.share, 10);
    expect(next.share.isGivenUp).toBe(false);
  });

  test('has room again for what bodies that ended had', () => {
    const budget = new BodyBudget(10);
    for (let i = 0; i < 5; i++) {
      const { share } = given(budget);
      budget.add(share, 10);
      budget.end(share);
      budget.end(share);
    }
    const older = given(budget);
    budget.add(given(budget).share, 10);
    expect(older.share.isGivenUp).toBe(false);
  });
});

describe('the body of a request', () => {
  test('that waits is given up for one that comes, as BODIES_BUSY', async () => {
    const budget = new BodyBudget(60_000);
    const [waiting, coming] = [arriving(), arriving()];
    const first = codeOf(readBoundedBody(waiting.request, MAX_BYTES, budget));
    await waiting.send(50_000);
    const second = readBoundedBody(coming.request, MAX_BYTES, budget);
    await coming.send(50_000);
    expect(await first).toBe('BODIES_BUSY');
    await coming.end();
    expect((await second).byteLength).toBe(50_000);
  });

  test('costs more than its bytes if it comes in tiny chunks', async () => {
    const budget = new BodyBudget(60_000);
    const tiny = arriving();
    const read = codeOf(readBoundedBody(tiny.request, MAX_BYTES, budget));
    for (let i = 0; i < 300; i++) void tiny.send(1);
    void tiny.end().catch(() => undefined);
    expect(await read).toBe('BODIES_BUSY');
  });

  test.each([
    ['1000 chunks of 1 byte', 1_000, 1, 'taken'],
    ['1001 chunks of 1 byte', 1_001, 1, 'BAD_REQUEST'],
    ['1001 chunks of 63 bytes', 1_001, 63, 'BAD_REQUEST'],
    ['1200 chunks of 64 bytes', 1_200, 64, 'taken'],
  ])('in %s is judged by their number and size', async (_what, chunks, bytes, end) => {
    const { request, send, end: close } = arriving();
    const read = codeOf(readBoundedBody(request, MAX_BYTES));
    for (let i = 0; i < chunks; i++) void send(bytes);
    void close().catch(() => undefined);
    expect(await read).toBe(end);
  });

  test('leaves its room in the budget however it ends', async () => {
    const budget = new BodyBudget(60_000);
    const large = arriving();
    const tooLarge = codeOf(readBoundedBody(large.request, 40_000, budget));
    await large.send(41_000);
    expect(await tooLarge).toBe('BODY_TOO_LARGE');
    const cut = arriving();
    const incomplete = codeOf(readBoundedBody(cut.request, MAX_BYTES, budget));
    await cut.send(50_000);
    await cut.abort();
    expect(await incomplete).toBe('BODY_INCOMPLETE');
    const held = arriving();
    const whole = codeOf(readBoundedBody(held.request, MAX_BYTES, budget));
    await held.send(59_000);
    await held.end();
    expect(await whole).toBe('taken');
  });

  test.each([[{ 'content-length': '10' }], [{}]])(
    'is BODY_INCOMPLETE if its client goes away, with %o',
    async (headers) => {
      const { request, send, abort } = arriving(headers);
      const read = codeOf(readBoundedBody(request, MAX_BYTES));
      await send(5);
      await abort();
      expect(await read).toBe('BODY_INCOMPLETE');
    },
  );

  test.each(['1e3', '-1', '1'.repeat(16), '100001'])(
    'is not read if it says that it has %s bytes',
    async (length) => {
      const request = new Request('http://localhost/', {
        method: 'POST',
        body: 'x',
        headers: { 'content-length': length },
      });
      expect(await codeOf(readBoundedBody(request, MAX_BYTES))).toBe('BODY_TOO_LARGE');
      expect(request.bodyUsed).toBe(false);
    },
  );
});
