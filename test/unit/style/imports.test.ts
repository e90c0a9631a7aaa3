import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkImports } from '../../../scripts/lib/imports.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'colony-imports-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Makes a small repository in which each file imports the given others, and checks it. */
async function faultsOf(files: Record<string, string[]>): Promise<string[]> {
  for (const [file, imports] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    const lines = imports.map((to) => {
      if (!to.includes('/') || to.startsWith('node:')) return `import '${to}';`;
      const relative = path.posix.relative(path.posix.dirname(file), to);
      return `import { type value } from '${relative.startsWith('.') ? relative : `./${relative}`}';`;
    });
    writeFileSync(path.join(root, file), `${lines.join('\n')}\nexport const value = 1;\n`);
  }
  return (await checkImports(root)).faults;
}

const leaf = (...files: string[]) => Object.fromEntries(files.map((file) => [file, []]));

test('the one way down from cli to world is allowed', async () => {
  const faults = await faultsOf({
    'services/world/a.ts': [],
    'services/protocol/a.ts': ['services/world/a.ts'],
    'services/platform/a.ts': ['services/protocol/a.ts', 'node:fs'],
    'services/coordinator/a.ts': ['services/platform/a.ts', 'services/world/a.ts'],
    'services/backend/a.ts': ['services/platform/a.ts', 'services/protocol/a.ts'],
    'services/local/a.ts': ['services/platform/a.ts', 'services/protocol/a.ts'],
    'services/kernel/a.ts': ['services/world/a.ts'],
    'services/cli/a.ts': ['services/local/a.ts', 'services/platform/a.ts'],
    'services/cli/replay/a.ts': ['services/kernel/a.ts'],
    'services/protocol/common/names.ts': [],
    'lib/a.ts': ['services/protocol/common/names.ts'],
    'test/a.test.ts': ['services/cli/a.ts', 'services/world/a.ts'],
  });
  expect(faults).toEqual([]);
});

const forbidden: [from: string, to: string, rule: string][] = [
  ['services/world/a.ts', 'services/protocol/b.ts', 'world-imports-only-world'],
  ['services/world/a.ts', 'node:fs', 'world-imports-only-world'],
  ['services/protocol/a.ts', 'services/platform/b.ts', 'protocol-imports-only-world'],
  ['services/platform/a.ts', 'services/coordinator/b.ts', 'platform-imports-only-below'],
  ['services/coordinator/a.ts', 'services/backend/b.ts', 'coordinator-imports-only-below'],
  ['services/coordinator/a.ts', 'services/cli/b.ts', 'coordinator-imports-only-below'],
  ['services/backend/a.ts', 'services/coordinator/b.ts', 'backend-imports-only-below'],
  [
    'services/dashboard/a.ts',
    'services/platform/b.ts',
    'dashboard-imports-only-world-and-protocol',
  ],
  ['services/local/a.ts', 'services/coordinator/b.ts', 'local-imports-only-below'],
  ['services/local/a.ts', 'services/cli/b.ts', 'local-imports-only-below'],
  ['services/cli/a.ts', 'services/coordinator/b.ts', 'cli-imports-only-below'],
  ['services/cli/colony/a.ts', 'services/kernel/b.ts', 'cli-ticks-cells-only-to-replay'],
  ['services/cli/a.ts', 'services/backend/b.ts', 'cli-imports-only-below'],
  ['services/cli/a.ts', 'lib/b.ts', 'services-never-import-infrastructure'],
  ['lib/a.ts', 'services/world/b.ts', 'infrastructure-shares-only-names-and-configuration'],
  ['lib/a.ts', 'bin/b.ts', 'lib-never-imports-bin'],
  ['services/cli/a.ts', 'test/b.ts', 'nothing-imports-tests'],
  ['services/cli/a.ts', 'scripts/b.ts', 'services-never-import-scripts'],
];

test.each(forbidden)('%s may not import %s', async (from, to, rule) => {
  const faults = await faultsOf({ ...(to.startsWith('node:') ? {} : leaf(to)), [from]: [to] });
  expect(faults.map((fault) => fault.split(':')[0])).toContain(rule);
});

test('services may use a dependency, but no development dependency', async () => {
  for (const name of ['used', 'tool']) {
    const folder = path.join(root, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), `{ "name": "${name}", "main": "index.js" }`);
    writeFileSync(path.join(folder, 'index.js'), '');
  }
  const manifest = { dependencies: { used: '1.0.0' }, devDependencies: { tool: '1.0.0' } };
  writeFileSync(path.join(root, 'package.json'), JSON.stringify(manifest));
  const faults = await faultsOf({ 'services/cli/a.ts': ['used'], 'services/cli/b.ts': ['tool'] });
  expect(faults).toEqual([
    'services-use-no-dev-dependency: services/cli/b.ts → node_modules/tool/index.js',
  ]);
});

test('a component is looked at with its JSX', async () => {
  mkdirSync(path.join(root, 'services/dashboard'), { recursive: true });
  const component =
    "import '../platform/a.ts';\nexport const Part = () => <p class='x'>text</p>;\n";
  writeFileSync(path.join(root, 'services/dashboard/part.tsx'), component);
  const faults = await faultsOf(leaf('services/platform/a.ts'));
  expect(faults.map((fault) => fault.split(':')[0])).toEqual([
    'dashboard-imports-only-world-and-protocol',
  ]);
});

test('a cycle is a fault', async () => {
  const faults = await faultsOf({
    'services/world/a.ts': ['services/world/b.ts'],
    'services/world/b.ts': ['services/world/a.ts'],
  });
  expect(faults.join()).toContain('no-circular');
});

test('a folder that imports one which imports it is a fault, without a cycle of files', async () => {
  const faults = await faultsOf({
    'services/coordinator/a/one.ts': ['services/coordinator/b/two.ts'],
    'services/coordinator/b/two.ts': [],
    'services/coordinator/b/three.ts': ['services/coordinator/a/four.ts'],
    'services/coordinator/a/four.ts': [],
  });
  expect(faults.filter((fault) => fault.startsWith('back-arrow'))).toHaveLength(2);
});

test('a folder with more files than a reader can take in is a fault', async () => {
  const names = Array.from({ length: 21 }, (_, i) => `services/coordinator/many/file-${i}.ts`);
  expect(await faultsOf(leaf(...names))).toEqual([
    'crowded: services/coordinator/many has 21 files, at most 20',
  ]);
});

test('a type that is imported in place is a fault, since no rule would see it', async () => {
  mkdirSync(path.join(root, 'services/backend'), { recursive: true });
  const file = path.join(root, 'services/backend/sly.ts');
  writeFileSync(file, "export type Sly = import('../coordinator/a.ts').Driver;\n");
  expect(await faultsOf(leaf('services/coordinator/a.ts'))).toEqual([
    'a type is imported in place, which no rule sees: services/backend/sly.ts',
  ]);
});

test('a file that is not there is a fault', async () => {
  const faults = await faultsOf({ 'services/cli/a.ts': ['services/cli/missing.ts'] });
  expect(faults.join()).toContain('no-unresolvable');
});

test('a repository without sources is a fault, not a pass', async () => {
  mkdirSync(path.join(root, 'services'));
  expect(await faultsOf({})).not.toEqual([]);
});
