import type { PortState } from '../../local/ports.ts';
import type { ColonyLook } from './colony-look.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** @param o.port whether its port can be listened on, where the address is on this machine */
export function addressFinding(
  url: string,
  colony: ColonyLook,
  { port, isHeld = false }: { port?: PortState | undefined; isHeld?: boolean } = {},
): Finding {
  const check = 'address';
  if (colony.type === 'answers') return ok(check, `a colony answers at ${url}`);
  if (port === 'free' && isHeld) {
    return warning(
      check,
      `nothing listens at ${url}, though a launch holds the data folder`,
      'give the address that the launch printed with --url; if it printed none yet, ask again',
    );
  }
  if (port === 'free') {
    return ok(check, `no colony runs at ${url}; the port is free for a launch (npm start)`);
  }
  if (port === 'denied') {
    return problem(
      check,
      `the port of ${url} may not be used`,
      'choose one above 1023 with --port, and give it here with --url',
    );
  }
  if (colony.type === 'refuses' && colony.isColony) {
    return problem(check, colony.message, 'see docs/errors.md for the code');
  }
  if (port === 'in use') {
    return problem(
      check,
      `the port of ${url} is in use, and not by a colony that answers: ${colony.message}`,
      'end the process that listens there, or choose another port with --port and give it here with --url',
    );
  }
  return problem(
    check,
    colony.message,
    'check the address that --url or COLONY_URL gives, and whether requests to it are to be signed (--sign)',
  );
}
