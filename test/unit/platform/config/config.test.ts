import { describe, expect, test } from 'vitest';
import {
  BACKEND_OPTIONS,
  parseBackendConfig,
} from '../../../../services/platform/config/backend-config.ts';
import { flagOf } from '../../../../services/platform/config/config.ts';
import {
  COORDINATOR_OPTIONS,
  defaultSpecOf,
  parseCoordinatorConfig,
} from '../../../../services/platform/config/coordinator-config.ts';
import { ENVIRONMENT } from '../../../../services/protocol/common/names.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';

const SECRET = 'a-secret-nobody-should-read';
const base = {
  COLONY_DATA_DIR: '/data',
  COLONY_RPC_SECRET: SECRET,
  COLONY_DYNAMO_ENDPOINT: 'http://127.0.0.1:8000',
};

interface Given {
  argv?: string[];
  env?: Record<string, string | undefined>;
  file?: string;
}

const sourcesOf = ({ argv = [], env = {}, file }: Given) => ({
  argv: file === undefined ? argv : ['--config-file', 'colony.json', ...argv],
  env: { ...base, ...env },
  readFile: () => file ?? '',
});
const parse = (given: Given = {}) => parseCoordinatorConfig(sourcesOf(given));

function faultOf(given: Given): string {
  try {
    parse(given);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ColonyError', code: 'CONFIG_INVALID' });
    return (error as Error).message;
  }
  throw new Error('no fault was found');
}

test('what nothing sets has its default', () => {
  const { config, warnings } = parse();
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({
    colonyName: 'colony',
    platform: 'local',
    httpPort: 8083,
    beatIntervalMs: 2_000,
    leaseMs: 8_000,
    ticksPerSecond: null,
    allowedHosts: [],
    logFile: undefined,
  });
  expect(defaultSpecOf(config)).toEqual(DEFAULT_WORLD_SPEC);
});

test('a flag goes before the environment, that before the file, that before the default', () => {
  const file = '{"httpPort":1001}';
  const env = { COLONY_HTTP_PORT: '1002' };
  expect(parse({ file }).config.httpPort).toBe(1001);
  expect(parse({ file, env }).config.httpPort).toBe(1002);
  expect(parse({ file, env, argv: ['--http-port', '1003'] }).config.httpPort).toBe(1003);
});

test('an empty variable is one that is not set', () => {
  expect(parse({ env: { COLONY_HTTP_PORT: '' } }).config.httpPort).toBe(8083);
});

test('the file may be named by the environment', () => {
  const { config } = parseCoordinatorConfig({
    argv: [],
    env: { ...base, COLONY_CONFIG_FILE: '/etc/colony.json' },
    readFile: (path) => `{"tableName":"${path.slice(5, 11)}"}`,
  });
  expect(config.tableName).toBe('colony');
});

test.each([
  ['60', 60],
  ['0.5', 0.5],
  ['unlimited', null],
])('a pace of %s is %s ticks per second', (value, expected) => {
  const env = { COLONY_TICKS_PER_SECOND: value };
  expect(parse({ env }).config.ticksPerSecond).toBe(expected);
});

test.each([
  ['true', true],
  ['false', false],
])('COLONY_RANDOM_EVENTS=%s gives a default world with randomEvents %s', (value, expected) => {
  const { config } = parse({ env: { COLONY_RANDOM_EVENTS: value } });
  expect(defaultSpecOf(config).randomEvents).toBe(expected);
});

test('a list is comma-separated in text and an array in the file', () => {
  const expected = ['a.example', 'b.example:80'];
  const env = { COLONY_ALLOWED_HOSTS: ' a.example, b.example:80 ,' };
  expect(parse({ env }).config.allowedHosts).toEqual(expected);
  const file = JSON.stringify({ allowedHosts: expected });
  expect(parse({ file }).config.allowedHosts).toEqual(expected);
});

describe('a fault is one line that names the place, the value and what was expected', () => {
  test.each<[string, Given, string]>([
    [
      'in the environment',
      { env: { COLONY_HTTP_PORT: 'abc' } },
      'COLONY_HTTP_PORT is "abc", expected an integer from 0 to 65535',
    ],
    [
      'in a flag',
      { argv: ['--min-backends', '0'] },
      '--min-backends is "0", expected an integer from 1 to 1024',
    ],
    [
      'of yes and no',
      { env: { COLONY_RANDOM_EVENTS: 'no' } },
      'COLONY_RANDOM_EVENTS is "no", expected true or false',
    ],
    [
      'in the file',
      { file: '{"seed":1.5}' },
      'seed in colony.json is 1.5, expected an integer from 0 to 4294967295',
    ],
    [
      'of a choice',
      { env: { COLONY_PLATFORM: 'azure' } },
      'COLONY_PLATFORM is "azure", expected one of local, aws',
    ],
    [
      'of a name',
      { env: { COLONY_NAME: 'Reef' } },
      'COLONY_NAME is "Reef", expected 1 to 31 of a–z, 0–9 and -, a letter first',
    ],
    [
      'of a pace',
      { env: { COLONY_TICKS_PER_SECOND: '0' } },
      'COLONY_TICKS_PER_SECOND is "0", expected ticks per second from 0.001 to 100000, or unlimited',
    ],
    [
      'of something that must be set',
      { env: { COLONY_RPC_SECRET: undefined } },
      'COLONY_RPC_SECRET is not set, expected 16 to 512 printable characters',
    ],
    [
      'of a platform that needs more',
      { env: { COLONY_DATA_DIR: undefined } },
      'COLONY_DATA_DIR is not set, expected a path on the platform local',
    ],
    [
      'of AWS without a region',
      { env: { COLONY_PLATFORM: 'aws' } },
      'COLONY_AWS_REGION is not set, expected a region on the platform aws',
    ],
    [
      'of a lease that is too short',
      { env: { COLONY_LEASE_MS: '3000' } },
      'COLONY_LEASE_MS is 3000, expected at least twice COLONY_BEAT_INTERVAL_MS (2000)',
    ],
    [
      'of a cluster without its service',
      { env: { COLONY_ECS_CLUSTER: 'reef' } },
      'one of COLONY_ECS_CLUSTER and COLONY_BACKEND_SERVICE is set, expected both or none',
    ],
    [
      'of a world that shards do not divide',
      { env: { COLONY_WIDTH: '2001' } },
      'shardSize is 250, expected a divisor of the width 2001',
    ],
    ['of an unknown flag', { argv: ['--htp-port', '1'] }, "Unknown option '--htp-port'"],
    ['of a flag with a point', { argv: ['--http.port', '1'] }, "Unknown option '--http.port'"],
    [
      'of an argument without a flag',
      { argv: ['8083'] },
      'an argument without a flag is given, expected --flag value',
    ],
  ])('%s', (_name, given, expected) => {
    expect(faultOf(given)).toBe(expected);
  });

  test.each<[what: string, given: Given]>([
    ['a flag', { argv: ['--a\nb', 'c'] }],
    ['a key of the file', { file: '{"a\\u2028b":1}' }],
    ['a value', { env: { COLONY_WIDTH: 'a\nb' } }],
  ])('even if there is a line break in %s', (_what, given) => {
    expect(faultOf(given)).not.toMatch(/[\n\u2028]/);
  });

  test('and all faults are told at once', () => {
    const message = faultOf({ env: { COLONY_HTTP_PORT: 'x', COLONY_SEED: 'y' } });
    expect(message).toMatch(/^COLONY_HTTP_PORT is "x".*; COLONY_SEED is "y"[^\n]*$/);
  });
});

describe('the file', () => {
  test('with an unknown key is a fault', () => {
    expect(faultOf({ file: '{"htpPort":1}' })).toMatch(/colony\.json has htpPort, expected only/);
  });

  test.each(['[]', '1', 'null', '"a"'])('that is %s is a fault', (file) => {
    expect(faultOf({ file })).toContain('is not a JSON object');
  });

  test('may begin with a byte order mark', () => {
    expect(parse({ file: '\uFEFF{"httpPort":8090}' }).config.httpPort).toBe(8090);
  });

  test('that cannot be read is a fault', () => {
    const read = () =>
      parseCoordinatorConfig({ argv: ['--config-file', '/nowhere/colony.json'], env: base });
    expect(read).toThrow(/\/nowhere\/colony\.json cannot be read: ENOENT/);
  });
});

test.each<[string, Given]>([
  ['environment', { env: { COLONY_RPC_SECRET: 'short-secret' } }],
  ['flag', { argv: ['--rpc-secret', 'short-secret'] }],
  ['file', { file: '{"rpcSecret":"short-secret"}', env: { COLONY_RPC_SECRET: undefined } }],
  ['broken file', { file: '{"rpcSecret":"short-secret' }],
])('a secret is not shown when it is wrong in the %s', (_name, given) => {
  expect(faultOf(given)).not.toContain('short-secret');
});

test('an unknown variable is warned of, one of another service is not', () => {
  const env = { COLONY_HTPPORT: '1', COLONY_HTTP_PORT: '8084', OTHER: 'x' };
  const { warnings } = parseBackendConfig(sourcesOf({ env }));
  expect(warnings).toEqual(['COLONY_HTPPORT is not the name of a setting and is ignored']);
});

test('a backend needs no table and takes any free port', () => {
  const env = { COLONY_DYNAMO_ENDPOINT: undefined };
  expect(parseBackendConfig(sourcesOf({ env })).config).toMatchObject({ rpcPort: 0 });
});

test.each([
  ['neither', { COLONY_DYNAMO_ENDPOINT: undefined }, 'none of'],
  ['both', { COLONY_STORE_ENDPOINT: 'http://127.0.0.1:8001' }, 'both of'],
])('a coordinator on the platform local with %s of two stores is refused', (_, env, said) => {
  expect(faultOf({ env })).toBe(
    `${said} COLONY_STORE_ENDPOINT and COLONY_DYNAMO_ENDPOINT is set, expected one of them on the platform local`,
  );
});

test('a coordinator on the platform local takes the embedded store alone', () => {
  const env = {
    COLONY_DYNAMO_ENDPOINT: undefined,
    COLONY_STORE_ENDPOINT: 'http://127.0.0.1:8001',
  };
  expect(parse({ env }).config.storeEndpoint).toBe('http://127.0.0.1:8001');
});

test('a coordinator in AWS has no embedded store', () => {
  const env = {
    COLONY_PLATFORM: 'aws',
    AWS_REGION: 'eu-central-1',
    COLONY_STORE_ENDPOINT: 'http://127.0.0.1:8001',
  };
  expect(faultOf({ env })).toContain('COLONY_STORE_ENDPOINT is set, expected none');
});

const AWS = { COLONY_PLATFORM: 'aws', AWS_REGION: 'eu-central-1', COLONY_DATA_DIR: undefined };

test('in AWS the region of the task is taken', () => {
  const env = { ...AWS, COLONY_SNAPSHOT_BUCKET: 'reef-snapshots' };
  expect(parse({ env }).config.awsRegion).toBe('eu-central-1');
});

test('in AWS no process begins without a bucket for checkpoints, and on one machine none has one', () => {
  expect(faultOf({ env: AWS })).toBe(
    'COLONY_SNAPSHOT_BUCKET is not set, expected the name of a bucket on the platform aws',
  );
  const local = { env: { COLONY_SNAPSHOT_BUCKET: 'reef-snapshots' } };
  expect(faultOf(local)).toBe('COLONY_SNAPSHOT_BUCKET is set, expected none on the platform local');
  const backend = { ...AWS, COLONY_RPC_SECRET: 'secret-of-16-characters' };
  expect(() => parseBackendConfig({ argv: [], env: backend })).toThrow('COLONY_SNAPSHOT_BUCKET');
});

test.each(['', 'Reef', 'a', 'reef/x', 'reef_x', '-reef', `r${'e'.repeat(63)}`])(
  '%j is not the name of a bucket',
  (name) => {
    const env = { ...AWS, COLONY_SNAPSHOT_BUCKET: name };
    expect(faultOf({ env })).toContain('expected the name of a bucket');
  },
);

test('every option has its own variable, flag and description', () => {
  for (const table of [COORDINATOR_OPTIONS, BACKEND_OPTIONS]) {
    const names = Object.keys(table) as (keyof typeof table)[];
    expect(new Set(names.map((name) => ENVIRONMENT[name])).size).toBe(names.length);
    expect(new Set(names.map(flagOf)).size).toBe(names.length);
    expect(names.every((name) => ENVIRONMENT[name].startsWith('COLONY_'))).toBe(true);
    expect(names.every((name) => table[name].description.endsWith('.'))).toBe(true);
  }
});

test('every variable belongs to an option', () => {
  const options = new Set([...Object.keys(COORDINATOR_OPTIONS), ...Object.keys(BACKEND_OPTIONS)]);
  expect(Object.keys(ENVIRONMENT).filter((name) => !options.has(name))).toEqual(['configFile']);
});
