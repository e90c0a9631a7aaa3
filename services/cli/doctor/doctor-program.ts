import type { Command } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { isOnLoopback } from '../../protocol/common/loopback.ts';
import { PROTOCOL_VERSION } from '../../protocol/wire/registry-entry.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import { exitWith, type UrlOptions, withUrl, withWorld } from '../client/command-options.ts';
import { fetchFor, gatewayRegion } from '../client/signed-fetch.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';
import { parseFolder, parseName, parseRegion } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { awsFindings } from './aws/aws-checks.ts';
import type { Build } from './colony-findings.ts';
import { doctorCommand } from './doctor.command.ts';
import type { Finding } from './finding.ts';
import { localFindings } from './local-checks.ts';
import { localLook } from './local-look.ts';

interface DoctorOptions extends UrlOptions {
  dataDir: string;
  width?: number;
  height?: number;
  /** Name of a colony in AWS: it is looked at instead of this machine. */
  aws?: string;
  region?: string;
}

const OWN_BUILD: Build = {
  who: 'this command',
  version: packageJson.version,
  protocolVersion: PROTOCOL_VERSION,
  engineVersion: ENGINE_VERSION,
};

/** `colony doctor`: what is wrong, and what to do about it. */
export function addDoctorCommand(program: Command, output: Output): void {
  const command = program.command('doctor');
  withWorld(withUrl(command), { only: ['width', 'height'] })
    .description('say what is wrong with this machine, a data folder and a colony, and what to do')
    .option('--data-dir <dir>', 'the data folder', parseFolder, '.colony')
    .option('--aws <name>', 'look at the colony of this name in AWS instead', parseName)
    .option(
      '--region <region>',
      'with --aws: where it is (default: that of --sign, of the address, or of the environment)',
      parseRegion,
    )
    .addHelpText(
      'after',
      '\n--width and --height ask whether such a world fits.\n\nExamples:\n  $ colony doctor\n  $ colony doctor --width 20000 --height 20000\n  $ colony doctor --aws reef --region eu-central-1',
    )
    .action((options: DoctorOptions) => {
      const isGiven = command.getOptionValueSource('url') !== 'default';
      const look = () =>
        options.aws === undefined
          ? findingsHere(options)
          : findingsInAws(options.aws, options, isGiven ? options.url : undefined);
      return exitWith(doctorCommand(look, options, output));
    });
}

function findingsHere({ sign, region, ...plan }: DoctorOptions): Promise<Finding[]> {
  if (region !== undefined) throw new CliError('--region goes with --aws.', EXIT.usage);
  const { url } = plan;
  const isSigned = (sign ?? gatewayRegion(url)) !== undefined;
  const send = fetchFor({ url, ...(sign !== undefined && { sign }) });
  const oldestNode = packageJson.engines.node.replace(/^>=/, '');
  return localFindings({ ...plan, isSigned, build: OWN_BUILD, oldestNode }, localLook({ send }));
}

/** The clients of AWS are loaded when they are needed. */
async function findingsInAws(
  colonyName: string,
  { sign, ...given }: DoctorOptions,
  url: string | undefined,
): Promise<Finding[]> {
  const { awsLook, defaultRegion } = await import('./aws/aws-look.ts');
  const ofAddress = url === undefined ? undefined : gatewayRegion(url);
  const region =
    given.region ??
    sign ??
    ofAddress ??
    (await defaultRegion().catch((error: unknown) => {
      throw new CliError('--aws needs the --region that the colony is in.', EXIT.usage, error);
    }));
  // The API of a colony in AWS takes nothing that is not signed; a proxy on this machine signs by itself.
  const sendTo = (at: string) =>
    fetchFor({ url: at, ...(!isOnLoopback(at) && { sign: sign ?? region }) });
  return awsFindings(
    { colonyName, region, build: OWN_BUILD, ...(url !== undefined && { url }) },
    awsLook({ region, colonyName, sendTo }),
  );
}
