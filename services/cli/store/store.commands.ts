import { LocalError } from '../../local/local-error.ts';
import { acceptStore, checkStore, discardStore } from '../../local/store-care.ts';
import type { Look } from '../../local/store-look.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';

interface Options {
  json?: boolean;
  look: Look;
}

/** Exit code 1 if a launch would refuse the store. */
export async function storeCheckCommand(
  dataDir: string,
  output: Output,
  { json, look }: Options,
): Promise<ExitCode> {
  output.progress('looking at the store');
  const { lines, problem } = await orCliError(checkStore(dataDir, look));
  const isUsable = problem === undefined;
  if (json) output.json({ isUsable, problem: problem ?? null, says: lines });
  else for (const line of [...lines, problem ?? 'A launch can use it.']) output.line(line);
  return isUsable ? EXIT.ok : EXIT.refused;
}

export async function storeAcceptCommand(
  dataDir: string,
  output: Output,
  { json, look }: Options,
): Promise<ExitCode> {
  output.progress('looking at the store');
  const accepted = await orCliError(acceptStore(dataDir, look));
  if (json) output.json({ accepted });
  else output.line(`Accepted as the newest state: ${accepted}. The next launch goes on with it.`);
  return EXIT.ok;
}

export async function storeDiscardCommand(
  dataDir: string,
  output: Output,
  { json, ...options }: Options & { force?: boolean },
): Promise<ExitCode> {
  output.progress('looking at the store');
  const aside = await orCliError(discardStore(dataDir, options));
  if (json) output.json({ aside });
  else {
    output.line(
      `What there was of the store is in ${aside} now. The next launch begins a new colony.`,
    );
  }
  return EXIT.ok;
}

function orCliError<T>(work: Promise<T>): Promise<T> {
  return work.catch((error) => {
    throw error instanceof LocalError ? new CliError(error.message, EXIT.usage, error) : error;
  });
}
