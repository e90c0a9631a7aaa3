import { randomBytes } from 'node:crypto';
import { notReadyYet } from '../../platform/http/problem-answer.ts';
import { type App, listen } from '../../platform/process/service-process.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { createProxy } from './proxy-app.ts';

export interface ProxyCommandOptions {
  url: string;
  /** 0: any free one. */
  port: number;
  json?: boolean;
}

const HOST = '127.0.0.1';
/** Until requests are served that came before the port was known. */
const NOT_READY: App = { fetch: notReadyYet };

/** `colony proxy`: serves a colony on loopback until the signal is aborted. */
export async function proxyCommand(
  { url, port: wanted, json }: ProxyCommandOptions,
  send: typeof fetch,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const token = randomBytes(32).toString('base64url');
  let app = NOT_READY;
  const listening = listen(
    { fetch: (request, env) => app.fetch(request, env) },
    { host: HOST, port: wanted },
  );
  const { port, close } = await listening.catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used: ${error.message}`;
    throw new CliError(
      `Port ${wanted} ${what}; choose another one with --port.`,
      EXIT.usage,
      error,
    );
  });
  const onProblem = (message: string) => output.note(`colony: ${message}`);
  app = { fetch: createProxy({ url, fetch: send, port, token, onProblem }) };
  const address = `http://${HOST}:${port}/?token=${token}`;
  if (json) output.json({ url: address });
  else {
    output.line(`${url} is served at ${address}`);
    output.note('Everyone who opens this address can control the colony. Ctrl-C ends it.');
  }
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  await close();
  return EXIT.ok;
}
