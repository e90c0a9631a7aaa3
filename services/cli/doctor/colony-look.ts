import type { ColonyView, VersionView } from '../../protocol/api/public-api.ts';
import { ApiClient } from '../client/api-client.ts';
import { RefusedError } from '../client/api-error.ts';
import { CliError } from '../terminal/exit-codes.ts';
import type { DateSample } from './machine-findings.ts';

/** What asking an address for its colony came to. */
export type ColonyLook =
  | { type: 'answers'; view: ColonyView; version: VersionView; date?: DateSample }
  /** A colony, or what stands before it, said no; or it is none. `message` is one line. */
  | { type: 'refuses'; message: string; isColony: boolean; date?: DateSample }
  | { type: 'silent'; message: string };

const TIMEOUT_MS = 10_000;

/** Asks once. Never rejects. */
export async function lookAtColony(
  url: string,
  { send, nowMs }: { send: typeof fetch; nowMs: () => number },
): Promise<ColonyLook> {
  let date: DateSample | undefined;
  const dated: typeof fetch = async (input, init) => {
    const sentMs = nowMs();
    const response = await send(input, init);
    const dateMs = Date.parse(response.headers.get('date') ?? '');
    if (Number.isFinite(dateMs)) date = { dateMs, sentMs, receivedMs: nowMs() };
    return response;
  };
  const client = new ApiClient(url, dated, { timeoutMs: TIMEOUT_MS });
  try {
    const view = await client.colony();
    const version = await client.version();
    return { type: 'answers', view, version, ...(date && { date }) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const message = error.message.replace(/\.$/, '');
    if (date === undefined && !(error instanceof RefusedError)) return { type: 'silent', message };
    // Only a colony has codes.
    const isColony = error instanceof RefusedError && error.code !== undefined;
    return { type: 'refuses', message, isColony, ...(date && { date }) };
  }
}
