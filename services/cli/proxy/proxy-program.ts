import type { Command } from 'commander';
import { exitWith, type UrlOptions, withUrl } from '../client/command-options.ts';
import { fetchFor } from '../client/signed-fetch.ts';
import { integerIn } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { proxyCommand } from './proxy.command.ts';

/** `colony proxy`. */
export function addProxyCommand(program: Command, output: Output): void {
  withUrl(program.command('proxy'))
    .description('serve the page and the API of a colony on this machine, and sign what passes')
    .option('--port <port>', 'port to listen on, 0 for any free one', integerIn(0, 65_535), 8090)
    .addHelpText(
      'after',
      `
It listens on 127.0.0.1 only and prints an address with a token, new each time: open that one.

Example:
  $ colony proxy --url https://abc123.execute-api.eu-central-1.amazonaws.com`,
    )
    .action((options: UrlOptions & { port: number }) => {
      const stop = new AbortController();
      for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stop.abort());
      return exitWith(proxyCommand(options, fetchFor(options), output, stop.signal));
    });
}
