import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { FORWARDED_HEADER } from '../forwarded.ts';
import { acceptsGzip } from './content-negotiation.ts';

const compress = promisify(gzip);
/** Compressing takes a thread of its own for so long that small answers are not worth it. */
const LEAST_BYTES = 1_024;
/** The cheapest: on pictures of a world higher ones take three times as long for a tenth fewer bytes. */
const LEVEL = 1;

const LOOPBACK = /^((::ffff:)?127\.|::1$)/;
/** Headers by which those tell of themselves who pass a request on. */
const PASSED_ON = ['forwarded', 'x-forwarded-for', 'via', FORWARDED_HEADER];

/** Those who share an answer share its compressed bytes. */
const compressed = new WeakMap<Uint8Array, Promise<Uint8Array>>();

/**
 * Answers with bytes: compressed if the client accepts that and they come to it over a network. On the
 * same machine compressing costs more than it saves.
 */
export async function answerBytes(
  c: Context,
  bytes: Uint8Array,
  contentType = 'application/octet-stream',
): Promise<Response> {
  c.header('Vary', 'Accept-Encoding');
  c.header('Content-Type', contentType);
  const pays = bytes.byteLength >= LEAST_BYTES && !isOnThisMachine(c);
  if (!pays || !acceptsGzip(c.req.header('Accept-Encoding'))) return c.body(toBody(bytes), 200);
  const known = compressed.get(bytes) ?? compress(bytes, { level: LEVEL });
  compressed.set(bytes, known);
  c.header('Content-Encoding', 'gzip');
  return c.body(toBody(await known), 200);
}

/** Whether the request comes from this machine, and from nowhere else by way of it. */
function isOnThisMachine(c: Context): boolean {
  // Without the adapter of Node, as in tests, there is no connection.
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  const address = incoming?.socket.remoteAddress;
  return (
    address !== undefined &&
    LOOPBACK.test(address) &&
    PASSED_ON.every((name) => c.req.header(name) === undefined)
  );
}

/** Response wants bytes that are not shared. */
const toBody = (bytes: Uint8Array) => bytes as Uint8Array<ArrayBuffer>;
