import { readFileSync } from 'node:fs';
import { parseJson } from '../../protocol/common/json.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';

/** The JSON in a file; undefined if there is something else in it. Throws CliError if it cannot be read. */
export function readJsonFile(file: string): unknown {
  try {
    return parseJson(readFileSync(file));
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as Error).message}`, EXIT.usage, error);
  }
}
