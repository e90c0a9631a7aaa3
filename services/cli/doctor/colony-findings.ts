import type { BackendView, ColonyView, VersionView } from '../../protocol/api/public-api.ts';
import { grouped } from '../colony/status-text.ts';
import { type Finding, ok, plural, problem, warning } from './finding.ts';

/** What is judged of a running colony by what its API says; all pure. */

const LOGS = "see the process's log, and docs/operations.md for what it says";

export function colonyFindings(view: ColonyView): Finding[] {
  return [
    phaseFinding(view),
    leaderFinding(view),
    ...view.backends.map(backendFinding),
    backendsFinding(view),
    checkpointFinding(view),
    failureFinding(view),
  ].filter((finding) => finding !== undefined);
}

function phaseFinding({ phase, phaseDetail, tick, tickAgeMs, paused, fault }: ColonyView): Finding {
  const says = phaseDetail === null ? phase : `${phase}: ${phaseDetail}`;
  if (fault !== null) {
    return problem(
      'colony',
      `it has failed for good: ${fault.code}: ${fault.reason}`,
      'see docs/operations.md; `colony stop`, then `colony start` begins anew',
    );
  }
  if (phase === 'Waiting') return warning('colony', says, 'see what is said of the processes');
  if (phase === 'Recovering') return warning('colony', says, 'wait until it is where it was');
  const isOld = (tickAgeMs ?? 0) > TICK_AGE_MOST_MS && !paused;
  if (tick !== null && isOld) {
    const age = Math.round((tickAgeMs ?? 0) / 1000);
    return warning(
      'colony',
      `${says}; its tick ${grouped(tick)} is ${age} s old`,
      'see what is said of leader and backends',
    );
  }
  return ok('colony', tick === null ? says : `${says}, tick ${grouped(tick)}`);
}

/** The lease of a leader: one that was silent for longer has lost its lead. */
const TICK_AGE_MOST_MS = 8_000;

function leaderFinding({ leader, coordinators }: ColonyView): Finding {
  if (leader !== null) return ok('leader', `${leader.id} at ${leader.address}`);
  const others = coordinators.length === 0 ? 'no coordinator is known' : 'nobody leads';
  return problem(
    'leader',
    others,
    'one takes the lead within 8 s; if this lasts, look for `record cannot be read` in the logs of the coordinators',
  );
}

function backendFinding({ id, state, address, lag, shards, waitingFor }: BackendView): Finding {
  const check = `backend ${id}`;
  const says = `${state} at ${address}`;
  switch (state) {
    case 'Suspect':
      return problem(check, `${says}, does not answer`, `it is replaced after 8 s; ${LOGS}`);
    case 'Lost':
      return problem(check, `${says}, its shards go to others`, LOGS);
    case 'Failed':
      return problem(check, says, LOGS);
    case 'Blocked':
      return warning(
        check,
        `${says}, the leader cannot store digests`,
        'look for `could not be stored` in the logs of the coordinators',
      );
    case 'Waiting':
      // Whoever is ahead waits, for a moment, in a colony that is well.
      return ok(check, `${says}${waitingFor.length === 0 ? '' : ` for ${waitingFor.join(', ')}`}`);
    default:
      return ok(
        check,
        `${says}, ${plural(shards, 'shard')}${lag ? `, ${plural(lag, 'tick')} behind` : ''}`,
      );
  }
}

function backendsFinding(view: ColonyView): Finding | undefined {
  const { status, backends, wantedBackends } = view;
  if (status === 'NotInitialized') return undefined;
  const says = `${backends.length} of ${wantedBackends} wanted`;
  if (backends.length >= wantedBackends) return ok('backends', says);
  return warning(
    'backends',
    says,
    'see the launcher, or in AWS the service, for why the others are missing; `colony scale` wants another number',
  );
}

/** As the alarm CheckpointLate has it. */
const CHECKPOINT_AGE_MOST_SECONDS = 300;

function checkpointFinding({ checkpoint, paused }: ColonyView): Finding | undefined {
  if (checkpoint === null) return undefined;
  const { tick, tickedSeconds, failure } = checkpoint;
  const newest = tick === null ? 'none yet' : `the newest is of tick ${grouped(tick)}`;
  const remedy =
    'see docs/operations.md, under "a checkpoint could not be taken", for the reasons; a loss would cost more meanwhile';
  if (failure !== null) {
    const says = `${newest}, that of tick ${grouped(failure.tick)} failed: ${failure.reason}`;
    return warning('checkpoint', says, remedy);
  }
  const age = tickedSeconds ?? 0;
  const ago = tickedSeconds === null ? newest : `${newest}, ${Math.round(age)} s of ticking ago`;
  if (age > CHECKPOINT_AGE_MOST_SECONDS && !paused) return warning('checkpoint', ago, remedy);
  return ok('checkpoint', ago);
}

/** That of an earlier start is history. */
function failureFinding({ lastFailure, generation }: ColonyView): Finding {
  if (lastFailure === null) return ok('last failure', 'none');
  const { code, reason, at } = lastFailure;
  const says = `the start of ${at} failed: ${code}: ${reason}`;
  if (lastFailure.generation !== generation)
    return ok('last failure', `${says}; one came after it`);
  return warning('last failure', says, 'docs/errors.md has what to do; the key may be used again');
}

/** Which builds must be the same for processes to work together. */
export interface Build {
  /** Whose it is: `coordinator c1`. */
  who: string;
  version: string;
  protocolVersion: number;
  /** Where it is known. */
  engineVersion?: number;
}

export const buildOf = (who: string, version: VersionView): Build => ({
  ...{ who, version: version.version },
  ...{ protocolVersion: version.protocolVersion, engineVersion: version.engineVersion },
});

/**
 * Whether all processes are of one build.
 *
 * @param own of this command
 */
export function versionsFinding(own: Build, others: readonly Build[]): Finding {
  const check = 'versions';
  const differs = others.filter((build) => textOf(build, own) !== textOf(own, own));
  if (differs.length === 0) return ok(check, `all are ${textOf(own, own)}`);
  const says = differs.map((build) => `${build.who} is ${textOf(build, own)}`).join(', ');
  const remedy = 'run one build everywhere: restart what is older (`npm run build` in a clone)';
  const isForeign = differs.some(({ protocolVersion, engineVersion = own.engineVersion }) => {
    return protocolVersion !== own.protocolVersion || engineVersion !== own.engineVersion;
  });
  const text = `${says}, this command is ${textOf(own, own)}`;
  return isForeign ? problem(check, text, remedy) : warning(check, text, remedy);
}

function textOf({ version, protocolVersion, engineVersion }: Build, own: Build): string {
  const engine = engineVersion ?? own.engineVersion;
  return `${version} (protocol version ${protocolVersion}, engine version ${engine})`;
}
