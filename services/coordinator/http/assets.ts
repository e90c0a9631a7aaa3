import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from 'hono';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { HttpEnv } from './http-options.ts';
import { answerBytes } from './requests/answer-compression.ts';
import { matchesEtag, weakEtag } from './requests/content-negotiation.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/** Names of files that are given out: no folders, nothing hidden. */
const FILE_NAME = /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/;

/**
 * Answers with a file of a folder. It is read each time, so that a rebuilt page shows at once.
 *
 * @throws NOT_FOUND if there is no such file or it is of no known type.
 */
export async function answerFile(
  c: Context<HttpEnv>,
  folder: string | undefined,
  name: string,
): Promise<Response> {
  const contentType = CONTENT_TYPES[path.extname(name)];
  if (folder === undefined || contentType === undefined || !FILE_NAME.test(name)) {
    throw notFound(c);
  }
  const bytes = await readFile(path.join(folder, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw notFound(c);
    throw error;
  });
  return answerText(c, bytes, contentType);
}

/** Answers with a text of the page; browsers keep it and ask whether it is still the same. */
export async function answerText(
  c: Context<HttpEnv>,
  text: string | Uint8Array,
  contentType: string,
): Promise<Response> {
  const etag = weakEtag(createHash('sha256').update(text).digest('base64url').slice(0, 22));
  c.header('ETag', etag);
  c.header('Cache-Control', 'no-cache');
  if (matchesEtag(c.req.header('If-None-Match'), etag)) return c.body(null, 304);
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return answerBytes(c, bytes, contentType);
}

/** NOT_FOUND for the address of a request. */
export const notFound = (c: Context<HttpEnv>) =>
  new ColonyError('NOT_FOUND', `there is nothing at ${c.req.path.slice(0, 200)}`);
