import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../support/bundle.ts';

const run = promisify(execFile);

/** As bash-completion has it, for words that need no joining. */
const WORDS = `_get_comp_words_by_ref() {
  cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} cword=$COMP_CWORD
  words=("\${COMP_WORDS[@]}")
}
compopt() { :; }`;

/** Asks bash what it would offer after these words; the last is what is being typed. */
const ASK = `source "$SCRIPT"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=\${#COMP_LINE}
$(complete -p colony | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "\${COMPREPLY[@]}"`;

let folder = '';
let env: NodeJS.ProcessEnv = {};
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'colony-completion-'));
  const colony = path.join(folder, 'colony');
  const main = await bundle('services/cli/main.ts', { packages: 'external' });
  writeFileSync(colony, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(colony, 0o700);
  const { stdout } = await run(colony, ['completion', 'bash']);
  const script = path.join(folder, 'colony.bash');
  writeFileSync(script, stdout);
  env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, SCRIPT: script };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function offered(...words: string[]): Promise<string[]> {
  const script = `${WORDS}\n${ASK}`;
  const { stdout } = await run('bash', ['-c', script, 'bash', 'colony', ...words], { env });
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash offers commands by their beginning', async () => {
  expect(await offered('sta')).toEqual(['start', 'status', 'stats']);
});

test('bash offers the commands of a command', async () => {
  expect(await offered('store', '')).toEqual(
    expect.arrayContaining(['check', 'accept', 'discard']),
  );
});

test('bash offers the flags of a command', async () => {
  expect(await offered('doctor', '--a')).toEqual(['--aws']);
});

test('bash offers what a flag may be', async () => {
  expect(await offered('local', '--log-level', 'w')).toEqual(['warn']);
});

test('bash offers what an argument may be', async () => {
  expect(await offered('inject', 'e')).toEqual(['extraFood', 'extinction']);
});
