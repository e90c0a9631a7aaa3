import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { type Finding, findingLines, verdictText } from './finding.ts';

/** `colony doctor`: tells what was found. Ends with 1 if there is a problem; a warning is none. */
export async function doctorCommand(
  look: () => Promise<Finding[]>,
  { json }: { json?: boolean },
  output: Output,
): Promise<ExitCode> {
  output.progress('looking at it');
  const findings = await look();
  const isWell = findings.every(({ level }) => level !== 'problem');
  if (json) output.json({ isWell, findings });
  else for (const line of [...findingLines(findings), verdictText(findings)]) output.line(line);
  return isWell ? EXIT.ok : EXIT.refused;
}
