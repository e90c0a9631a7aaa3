import type { Command } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { PROTOCOL_VERSION } from '../../protocol/wire/registry-entry.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import { exitWith, type UrlOptions, withUrl, withWorld } from '../client/command-options.ts';
import { fetchFor, gatewayRegion } from '../client/signed-fetch.ts';
import { parseFolder } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import type { Build } from './colony-findings.ts';
import { doctorCommand } from './doctor.command.ts';
import { localFindings } from './local-checks.ts';
import { localLook } from './local-look.ts';

interface DoctorOptions extends UrlOptions {
  dataDir: string;
  width?: number;
  height?: number;
}

const OWN_BUILD: Build = {
  who: 'this command',
  version: packageJson.version,
  protocolVersion: PROTOCOL_VERSION,
  engineVersion: ENGINE_VERSION,
};

/** `colony doctor`: what is wrong, and what to do about it. */
export function addDoctorCommand(program: Command, output: Output): void {
  withWorld(withUrl(program.command('doctor')), { only: ['width', 'height'] })
    .description('say what is wrong with this machine, a data folder and a colony, and what to do')
    .option('--data-dir <dir>', 'the data folder', parseFolder, '.colony')
    .addHelpText(
      'after',
      '\n--width and --height ask whether such a world fits.\n\nExamples:\n  $ colony doctor\n  $ colony doctor --width 20000 --height 20000',
    )
    .action((options: DoctorOptions) =>
      exitWith(doctorCommand(() => findingsHere(options), options, output)),
    );
}

function findingsHere({ sign, ...plan }: DoctorOptions) {
  const { url } = plan;
  const isSigned = (sign ?? gatewayRegion(url)) !== undefined;
  const send = fetchFor({ url, ...(sign !== undefined && { sign }) });
  const oldestNode = packageJson.engines.node.replace(/^>=/, '');
  return localFindings({ ...plan, isSigned, build: OWN_BUILD, oldestNode }, localLook({ send }));
}
