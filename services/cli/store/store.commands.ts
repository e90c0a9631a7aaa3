import { LocalError } from '../../local/local-error.ts';
import { acceptStore, checkStore, discardStore } from '../../local/store-care.ts';
import type { Look } from '../../local/store-look.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';

/** Exit code 1 if a launch would refuse the store. */
export async function storeCheckCommand(
  dataDir: string,
  output: Output,
  { look }: { look: Look },
): Promise<ExitCode> {
  const { lines, problem } = await orCliError(checkStore(dataDir, look));
  for (const line of lines) output.line(line);
  output.line(problem ?? 'A launch can use it.');
  return problem === undefined ? EXIT.ok : EXIT.refused;
}

export async function storeAcceptCommand(
  dataDir: string,
  output: Output,
  { look }: { look: Look },
): Promise<ExitCode> {
  const accepted = await orCliError(acceptStore(dataDir, look));
  output.line(`Accepted as the newest state: ${accepted}. The next launch goes on with it.`);
  return EXIT.ok;
}

export async function storeDiscardCommand(
  dataDir: string,
  output: Output,
  options: { force?: boolean; look: Look },
): Promise<ExitCode> {
  const aside = await orCliError(discardStore(dataDir, options));
  output.line(
    `What there was of the store is in ${aside} now. The next launch begins a new colony.`,
  );
  return EXIT.ok;
}

function orCliError<T>(work: Promise<T>): Promise<T> {
  return work.catch((error) => {
    throw error instanceof LocalError ? new CliError(error.message, EXIT.usage, error) : error;
  });
}
