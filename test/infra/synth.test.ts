import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createStacks, EXISTING_VPC, READY_IMAGE, withOutdir } from './support/synth.ts';

/** Runs the app as the CDK does. */
function runApp(colony: object, outdir: string) {
  return spawnSync(process.execPath, ['scripts/run.mjs', 'bin/colony.ts'], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ colony }),
    },
  });
}

describe('bad configuration fails synth with one clear line', () => {
  const bad: [what: string, colony: object, line: string][] = [
    ['an unknown key', { backend: 3 }, 'Context colony: Unrecognized key: "backend"'],
    [
      'no backend at all',
      { backends: 0 },
      'Context colony: backends: expected an integer from 1 to 1000',
    ],
    [
      'a shard size that does not divide the world',
      { worldSpec: { width: 1000, shardSize: 300 } },
      'Context colony: worldSpec: shardSize is 300, expected a divisor of the width 1000',
    ],
    [
      'an image that isolated subnets cannot reach',
      { network: 'isolated', image: 'example/colony' },
      'Context colony: image: example/colony cannot be reached from the network isolated, expected one of a private ECR registry (ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG), or none and one is built',
    ],
  ];
  test.each(bad)('%s', (_what, colony, line) => {
    withOutdir((outdir) => {
      const { status, stdout, stderr } = runApp(colony, outdir);
      expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `${line}\n` });
      expect(readdirSync(outdir).filter((file) => file.endsWith('.template.json'))).toEqual([]);
    });
  });
});

test('the stacks are named after the colony, and synth knows neither account nor region', () => {
  withOutdir((outdir) => {
    const { app } = createStacks({ ...READY_IMAGE, colonyName: 'reef' }, outdir);
    const { stacks, manifest } = app.synth();
    expect(manifest.missing).toBeUndefined();
    const anywhere = 'aws://unknown-account/unknown-region';
    expect(stacks.map(({ stackName, environment }) => [stackName, environment.name])).toEqual([
      ['reef-network', anywhere],
      ['reef-state', anywhere],
      ['reef-api', anywhere],
      ['reef-services', anywhere],
      ['reef-observability', anywhere],
    ]);
  });
});

test('a VPC that is there is taken without a look at it and without a warning', () => {
  withOutdir((outdir) => {
    const { app } = createStacks({ ...READY_IMAGE, vpc: EXISTING_VPC }, outdir);
    const { stacks, manifest } = app.synth();
    expect(manifest.missing).toBeUndefined();
    expect(stacks.flatMap(({ messages }) => messages.map(({ entry }) => entry.data))).toEqual([]);
  });
});

test('the image is built from what the Dockerfile names, and from nothing else', () => {
  withOutdir((outdir) => {
    createStacks({ baseImage: 'node:test', architecture: 'x86_64' }, outdir).app.synth();
    const { dockerImages } = JSON.parse(
      readFileSync(join(outdir, 'colony-services.assets.json'), 'utf8'),
    );
    const [{ source }] = Object.values(dockerImages) as [{ source: Record<string, string> }];
    expect(source).toMatchObject({
      dockerBuildArgs: { BASE: 'node:test' },
      platform: 'linux/amd64',
    });
    const folder = join(outdir, source['directory'] as string);
    expect(readdirSync(folder).sort()).toEqual([
      '.dockerignore',
      '.npmrc',
      'Dockerfile',
      'package-lock.json',
      'package.json',
      'scripts',
      'services',
      'tsconfig.json',
    ]);
    const scripts = readdirSync(join(folder, 'scripts'), { recursive: true, encoding: 'utf8' });
    expect(scripts).toContain('build.mjs');
    expect(scripts.filter((file) => !/^(build\.mjs|lib(\/\w+\.mjs)?)$/.test(file))).toEqual([]);
  });
});
