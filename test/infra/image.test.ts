import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const lines = readFileSync('Dockerfile', 'utf8')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const instructions = lines.map((line) => {
  const [name = '', ...rest] = line.split(/\s+/);
  return { name, argument: rest.join(' ') };
});
const argumentsOf = (name: string) =>
  instructions.filter((i) => i.name === name).map((i) => i.argument);
const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));

test('both bases are build arguments, pinned by digest', () => {
  const bases = argumentsOf('FROM').map((base) => base.replace(/--platform=\S+ /, ''));
  expect(bases).toEqual(['$BUILD_BASE AS build', '$BASE']);
  const pins = argumentsOf('ARG');
  expect(pins.map((pin) => pin.split('=')[0])).toEqual(['BUILD_BASE', 'BASE']);
  for (const pin of pins) expect(pin).toMatch(/^\w+=[\w./:-]+@sha256:[0-9a-f]{64}$/);
});

test('it builds on the processor that is there, for any other: nothing is emulated', () => {
  const [build, image] = argumentsOf('FROM');
  expect(build).toMatch(/^--platform=\$BUILDPLATFORM /);
  expect(image).not.toContain('--platform');
});

test('the image needs no shell, whether its base has one: nothing is run in it', () => {
  expect(lastStage.map(({ name }) => name)).not.toContain('RUN');
  expect(argumentsOf('CMD')).toEqual(['["node", "coordinator.js"]']);
  expect(argumentsOf('ENTRYPOINT')).toEqual(['[]']);
});

test('it runs as an unprivileged user', () => {
  expect(argumentsOf('USER')).toEqual(['65532:65532']);
});

test('packages are those of the lock file, none runs an install script, no tool is among them', () => {
  expect(argumentsOf('RUN')[0]).toBe('npm ci --omit=dev --ignore-scripts');
});

test('only the bundles are copied out of the build', () => {
  expect(lastStage.filter(({ name }) => name === 'COPY').map((i) => i.argument)).toEqual([
    '--from=build /src/dist ./',
  ]);
});

test('of the bundles only those are left out that no service starts: its threads stay', () => {
  const [, removed = ''] = /rm -f (.*?) &&/.exec(argumentsOf('RUN')[1] ?? '') ?? [];
  expect(removed.trim().split(/\s+/)).toEqual(['dist/colony.js', 'dist/*.child.js', 'dist/.built']);
});
