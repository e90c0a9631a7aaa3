import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { parseConfig as parseCdkConfig } from '../../../lib/config.ts';
import { parseKey } from '../../../services/cli/client/idempotency-key.ts';
import { clientSpec } from '../../../services/cli/colony/colony.commands.ts';
import { digestCommand } from '../../../services/cli/replay/digest.command.ts';
import { CliError } from '../../../services/cli/terminal/exit-codes.ts';
import {
  integerIn,
  parseBucket,
  parseFolder,
  parseName,
  parsePace,
  parseRegion,
  parseUrl,
} from '../../../services/cli/terminal/options.ts';
import { readUrlState, writeUrlState } from '../../../services/dashboard/src/state/url-codec.ts';
import { readStoreSettings, writeStoreSettings } from '../../../services/local/store-settings.ts';
import { parseBackendConfig } from '../../../services/platform/config/backend-config.ts';
import { parseCoordinatorConfig } from '../../../services/platform/config/coordinator-config.ts';
import { clientSpecSchema } from '../../../services/protocol/colony/spec.ts';
import { parseJson } from '../../../services/protocol/common/json.ts';
import { parseDigest } from '../../../services/world/measuring/digest.ts';
import { mutatedBytes } from '../input/mutate-bytes.ts';
import { mutatedJson } from '../input/mutate-json.ts';
import {
  bytesOf,
  coded,
  grownBy,
  holds,
  jsonBytes,
  never,
  type Target,
  textOf,
} from '../target.ts';

const texts = z.record(z.string(), z.string());
const sourcesSchema = z.object({ argv: z.array(z.string()), env: texts, file: z.unknown() });

/** Nothing that is set may stand in a message if it is a secret. */
const SECRET = 'rpc-secret-of-the-fuzzer-never-shown';

const serviceConfig: Target = {
  name: 'service-config',
  reads: [
    'services/platform/config/config.ts',
    'services/platform/config/config-values.ts',
    'services/platform/config/backend-config.ts',
    'services/platform/config/coordinator-config.ts',
  ],
  open() {
    const env = {
      COLONY_RPC_SECRET: SECRET,
      COLONY_DATA_DIR: '/tmp/x',
      COLONY_STORE_ENDPOINT: 'http://127.0.0.1:1',
    };
    const seeds = [
      { argv: [], env, file: {} },
      {
        argv: ['--log-level', 'debug', '--config-file', '/c.json'],
        env,
        file: { colonyName: 'reef', threads: 2 },
      },
      {
        argv: ['--ticks-per-second=unlimited'],
        env: { ...env, COLONY_WIDTH: '512', COLONY_HEIGHT: '512' },
        file: null,
      },
    ];
    return {
      seeds: [jsonBytes(seeds[0])],
      inputs: mutatedJson(seeds),
      run(bytes) {
        const given = sourcesSchema.safeParse(parseJson(bytes)).data;
        if (given === undefined) return 'no settings';
        const { argv, env: set, file } = given;
        const { COLONY_RPC_SECRET: secret, ...others } = set;
        // Where a mutant gives it to another setting, it is no secret any more.
        const isHidden =
          secret === SECRET && !JSON.stringify([argv, others, file]).includes(SECRET);
        const readFile = () => (typeof file === 'string' ? file : JSON.stringify(file ?? null));
        const told = [parseBackendConfig, parseCoordinatorConfig].map((parse) => {
          try {
            const { config } = parse({ argv, env: set, readFile });
            holds(typeof config === 'object', 'no configuration');
            return 'taken';
          } catch (error) {
            if (!coded('CONFIG_INVALID')(error)) throw error;
            const { message } = error as Error;
            holds(!isHidden || !message.includes(SECRET), `it shows a secret: ${message}`);
            holds(!message.includes('\n'), `more than one line: ${message}`);
            return 'CONFIG_INVALID';
          }
        });
        return told.includes('taken') ? 'taken' : told[0];
      },
      // The file, which is written again where it is no text.
      isDocumented: (error) => error instanceof RangeError && /call stack/.test(error.message),
      maxAllocation: grownBy(512),
    };
  },
};

const cdkConfig: Target = {
  name: 'cdk-config',
  reads: ['lib/config.ts', 'lib/config-schema.ts'],
  open() {
    const seeds = [
      {},
      { colonyName: 'reef' },
      { width: 512, height: 512, ticksPerSecond: 'unlimited' },
    ];
    return {
      seeds: [jsonBytes({})],
      inputs: mutatedJson(seeds),
      run: (bytes) => void parseCdkConfig(textOf(bytes)),
      isDocumented: (error) =>
        error instanceof Error && error.message.startsWith('Context colony: '),
      maxAllocation: grownBy(512),
    };
  },
};

const storeSettings: Target = {
  name: 'store-settings',
  reads: ['services/local/store-settings.ts'],
  open() {
    const settings = {
      dataDir: '/tmp/x',
      port: 0,
      mayMake: true,
      secret: 'sixteen letters or more',
      logLevel: 'info',
    } as const;
    const [name = ''] = Object.keys(writeStoreSettings(settings));
    return {
      seeds: [jsonBytes(settings)],
      inputs: mutatedJson([settings]),
      run: (bytes) => void readStoreSettings({ [name]: textOf(bytes) }),
      isDocumented: (error) => error instanceof Error && error.message.startsWith(name),
      maxAllocation: grownBy(256),
    };
  },
};

/** Files that people give to the command line. */
function commandFile(
  name: string,
  reads: readonly string[],
  seeds: readonly unknown[],
  read: (file: string) => unknown,
): Target {
  return {
    name,
    reads: ['services/cli/client/json-file.ts', ...reads],
    open() {
      const folder = mkdtempSync(path.join(tmpdir(), 'colony-fuzz-'));
      const file = path.join(folder, 'given.json');
      return {
        seeds: seeds.map(jsonBytes),
        inputs: mutatedJson(seeds),
        run(bytes) {
          writeFileSync(file, bytes);
          return read(file);
        },
        isDocumented: (error) => error instanceof CliError,
        maxAllocation: grownBy(512),
        close: async () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}

const specFile = commandFile(
  'spec-file',
  ['services/cli/colony/colony.commands.ts'],
  [{}, { width: 512, height: 512, rules: { breedBase: 7 } }],
  (specPath) => {
    const spec = clientSpec({ specFile: specPath, seed: 3 });
    holds(clientSpecSchema.safeParse(spec).success, 'no spec');
    return 'taken';
  },
);

const listed = (sequence: number | null, more: object) => ({
  sequence,
  tick: 4,
  origin: sequence === null ? 'random' : 'injected',
  ...more,
});

const eventsFile = commandFile(
  'events-file',
  ['services/cli/replay/digest.command.ts', 'services/cli/events/event.commands.ts'],
  [
    [],
    [
      listed(null, { kind: 'newTopography' }),
      listed(1, { kind: 'extraFood', amount: 3 }),
      listed(2, { kind: 'extinction', draw: 3, cancelled: true }),
      listed(4, {
        kind: 'createCreature',
        x: 1,
        y: 2,
        radiusX: 15,
        radiusY: 16,
        size: 9,
        canKill: true,
        canMove: false,
        colour: 255,
      }),
    ],
  ],
  async (events) => {
    const output = { line: () => {}, json: () => {}, progress: () => {}, note: () => {} } as never;
    // The readable kernel, for no tick: what is sought are files that are taken and cannot be.
    const options = { seed: 1, width: 16, height: 16, ticks: 0, reference: true, events };
    await digestCommand(options, output, { clock: { nowMs: () => 0 } } as never);
    return 'taken';
  },
);

const flags: Target = {
  name: 'flags',
  reads: [
    'services/cli/terminal/options.ts',
    'services/cli/client/idempotency-key.ts',
    'services/world/measuring/digest.ts',
  ],
  open() {
    const seeds = [
      '60',
      '0.5',
      'unlimited',
      'reef',
      'http://127.0.0.1:8083/',
      'eu-central-1',
      'a-bucket',
      '0123456789abcdef',
    ];
    const parsers = [
      integerIn(0, 100_000),
      parsePace,
      parseName,
      parseFolder,
      parseUrl,
      parseRegion,
      parseBucket,
      parseKey,
      parseDigest,
    ];
    return {
      seeds: seeds.map(bytesOf),
      inputs: mutatedBytes(seeds.map(bytesOf)),
      run(bytes) {
        const text = textOf(bytes);
        const taken = parsers.filter((parse) => {
          try {
            holds(parse(text) !== undefined, 'nothing');
            return true;
          } catch (error) {
            if (
              error instanceof InvalidArgumentError ||
              (parse === parseDigest && error instanceof RangeError)
            )
              return false;
            throw error;
          }
        });
        return taken.length > 0 ? 'taken' : 'refused';
      },
      isDocumented: never,
      maxAllocation: grownBy(128),
    };
  },
};

const pageAddress: Target = {
  name: 'page-address',
  reads: ['services/dashboard/src/state/url-codec.ts'],
  open() {
    const seeds = [
      '',
      '#tab=charts&layer=food&x=3.5&y=2&scale=0.25&from=-100&to=900&cell=3,4&follow=1&mark=species-00ff00',
    ].map(bytesOf);
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const address = writeUrlState(readUrlState(textOf(bytes)));
        holds(
          writeUrlState(readUrlState(address)) === address,
          `${address} is read as another state`,
        );
        return 'taken';
      },
      isDocumented: never,
      maxAllocation: grownBy(128),
    };
  },
};

export const settingTargets: readonly Target[] = [
  serviceConfig,
  cdkConfig,
  storeSettings,
  specFile,
  eventsFile,
  flags,
  pageAddress,
];
