import { afterAll, expect, test } from 'vitest';
import { NODE_FLAGS } from '../../services/protocol/common/names.ts';
import { docker } from '../support/aws/containers.ts';

const image = process.env['AWS_EMULATOR_IMAGE'];
const hasImage = Boolean(image && process.env['DOCKER_HOST']);
/** Of scripts/emulators/base-images.sh. */
const isOnBareBase = hasImage && process.env['AWS_EMULATOR_BASE'] === 'bare';
if (!hasImage) console.warn('NOT TESTED: the image (AWS_EMULATOR_IMAGE, DOCKER_HOST are not set)');

const started: string[] = [];
afterAll(async () => {
  for (const container of started) await docker('rm', '--force', container);
});

/** What the emulator does not apply of a task definition, an engine applies. */
const AS_IN_FARGATE = ['--read-only', '--init', '--cap-drop', 'ALL', '--memory', '512m'];
const SETTINGS = {
  COLONY_PLATFORM: 'aws',
  COLONY_AWS_REGION: 'us-east-1',
  COLONY_HOST: '0.0.0.0',
  COLONY_RPC_SECRET: 'the-secret-of-a-test-of-the-image',
  COLONY_SNAPSHOT_BUCKET: 'a-bucket-that-is-not-there',
  // Nothing listens: a service without its registry goes on trying.
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};
const SERVICES = [
  ['coordinator', { COLONY_HTTP_PORT: '8083' }, 8083],
  ['backend', { COLONY_RPC_PORT: '9000' }, 9000],
] as const;

async function start(
  service: 'coordinator' | 'backend',
  more: Record<string, string>,
): Promise<string> {
  const variables = Object.entries({ ...SETTINGS, ...more });
  const settings = variables.flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const command = [image ?? '', 'node', ...NODE_FLAGS[service], `${service}.js`];
  const container = await docker('run', '--detach', ...AS_IN_FARGATE, ...settings, ...command);
  started.push(container);
  return container;
}

/** The answer of `/healthz`, as soon as there is one. */
const health = (port: number) =>
  `const until = Date.now() + 60_000;
   (async function check() {
     const text = await fetch('http://127.0.0.1:${port}/healthz').then((r) => r.text(), () => '');
     if (text) return console.log(text);
     if (Date.now() > until) process.exit(1);
     setTimeout(check, 100);
   })();`;

test.runIf(hasImage).each(SERVICES)(
  'the %s runs on a read-only root without any right, is not healthy without AWS, and ends cleanly by SIGTERM',
  async (service, more, port) => {
    const container = await start(service, more);
    const answer = JSON.parse(await docker('exec', container, 'node', '-e', health(port)));
    expect(answer).toMatchObject({
      status: 'unhealthy',
      reason: 'this process has not been registered yet',
    });
    await docker('stop', '--time', '30', container);
    const state = JSON.parse(await docker('inspect', '--format', '{{json .State}}', container));
    expect(state).toMatchObject({ ExitCode: 0, OOMKilled: false });
  },
);

test.runIf(hasImage)('the image runs node itself, as the user nobody', async () => {
  const { Config } = JSON.parse(await docker('inspect', image ?? ''))[0];
  expect(Config.User).toBe('65532:65532');
  expect([...(Config.Entrypoint ?? []), ...Config.Cmd]).toEqual(['node', 'coordinator.js']);
});

// The default base has a shell and npm; that of scripts/aws-emulator, on which all of this runs, has not.
test.runIf(hasImage)('what it adds to its base is nothing that could be executed', async () => {
  const list = `const { readdirSync, statSync } = require('node:fs');
    const files = readdirSync('/app', { recursive: true }).map((file) => '/app/' + file);
    console.log(files.filter((file) => statSync(file).isFile() && statSync(file).mode & 0o111).join());`;
  expect(await docker('run', '--rm', image ?? '', 'node', '-e', list)).toBe('');
});

test.runIf(isOnBareBase)('it works on a base without a shell or a package manager', async () => {
  for (const program of ['sh', 'bash', 'npm', 'apt']) {
    await expect(docker('run', '--rm', image ?? '', program, '--version')).rejects.toThrow(
      /executable file not found/,
    );
  }
});

test.runIf(hasImage)('the image has the bundles and nothing of the sources', async () => {
  const list =
    "console.log(require('node:fs').readdirSync('/app', { recursive: true }).join('\\n'))";
  const files = (await docker('run', '--rm', image ?? '', 'node', '-e', list)).split('\n');
  expect(files).toEqual(expect.arrayContaining(['coordinator.js', 'backend.js']));
  const others = files.filter((file) =>
    /\.ts$|\.map$|package(-lock)?\.json$|node_modules/.test(file),
  );
  expect(others).toEqual([]);
});
