import type { ColonyRecord } from '../../../protocol/record/colony-record.ts';
import type { RegistryEntry } from '../../../protocol/wire/registry-entry.ts';
import { type Finding, ok, problem, warning } from '../finding.ts';

/** What is judged of table and registry, and of what AWS refuses; pure. */

export function recordFinding(table: string, { status, leader }: ColonyRecord): Finding {
  const says = `${table} is readable: ${status}`;
  if (leader === undefined || leader.resigned) {
    const remedy =
      'a coordinator takes the lead within seconds: look at the service of the coordinators';
    return warning('table', `${says}, nobody leads`, remedy);
  }
  return ok('table', `${says}, ${leader.id} leads`);
}

/** @param running tasks of the coordinator service */
export function registryFinding(
  registry: { coordinators: readonly RegistryEntry[]; backends: readonly RegistryEntry[] },
  running: number,
): Finding {
  const { coordinators, backends } = registry;
  const says = `${coordinators.length} coordinators and ${backends.length} backends are registered`;
  if (running === 0 || coordinators.length > 0) return ok('parameters', says);
  return problem(
    'parameters',
    `${says}, though ${running} coordinator tasks run`,
    'look for `could not be registered` in the log of the coordinators: network, and the rights of the task',
  );
}

const DENIED = /AccessDenied|Unauthorized|NotAuthorized|^Forbidden$|^403$/;
const CREDENTIALS =
  /Credential|ExpiredToken|InvalidClientToken|UnrecognizedClient|SignatureDoesNotMatch|TokenProvider|AuthFailure/;
const ABSENT = /NotFound|NoSuchBucket|^404$/;

/**
 * Why something of AWS could not be looked at.
 *
 * @param right that the look takes, for example `dynamodb:GetItem`
 */
export function refusalFinding(check: string, error: unknown, right: string): Finding {
  const { name, message } = rootOf(error);
  const says = `${name}: ${message}`;
  if (CREDENTIALS.test(name)) {
    return problem(
      check,
      `AWS takes no request of yours: ${says}`,
      'sign in (`aws sso login`), or set AWS_PROFILE or the variables of another identity',
    );
  }
  if (DENIED.test(name)) {
    return warning(
      check,
      `your identity may not look at it: ${says}`,
      `give it the right ${right}, or ask somebody who has it`,
    );
  }
  if (ABSENT.test(name)) {
    return problem(
      check,
      `it is not there: ${says}`,
      'check the name after --aws and the region; `npx cdk deploy --all` makes what is missing',
    );
  }
  return problem(
    check,
    `AWS does not answer: ${says}`,
    'check network, proxy and region; ask again',
  );
}

/** What the SDK said, below what adapters made of it. */
function rootOf(error: unknown): { name: string; message: string } {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  if (!(root instanceof Error)) return { name: 'Error', message: String(root) };
  return { name: root.name, message: root.message };
}
