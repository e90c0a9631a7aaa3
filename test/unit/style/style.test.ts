import { describe, expect, test } from 'vitest';
import { lineFaults, sourceFiles, stripComments } from './source-files.ts';

/** Where time, chance, network and settings come in by injection; composition roots are exempt. */
const pureFolders = /^services\/(world|protocol|coordinator|backend)\/(?!main\.ts$)/;

/** What such code must not call, and what it takes instead. */
const banned: [name: string, pattern: RegExp, instead: string][] = [
  ['Date.now', /\bDate\s*\.\s*now\b/, 'the Clock of services/platform'],
  ['new Date()', /\bnew\s+Date\s*\(\s*\)/, 'the Clock of services/platform'],
  ['performance.now', /\bperformance\s*\.\s*now\b/, 'the Clock of services/platform'],
  ['process.hrtime', /\bprocess\s*\.\s*hrtime\b/, 'the Clock of services/platform'],
  [
    'timers',
    /(?<![.\w$#])(setTimeout|setInterval|setImmediate)\s*\(|\bglobalThis\s*\.\s*set(Timeout|Interval|Immediate)\b|['"](node:)?timers(\/promises)?['"]/,
    'the Clock of services/platform',
  ],
  ['AbortSignal.timeout', /\bAbortSignal\s*\.\s*timeout\b/, 'the Clock of services/platform'],
  ['Math.random', /\bMath\s*\.\s*random\b/, 'the seeded hash of services/world, or an injected id'],
  [
    'global fetch',
    // Not `app.fetch(…)`, nor the declaration `fetch(request): …` or `fetch(request) {`.
    /(?<![.\w$#])fetch\s*\((?![^()]*\)\s*[:{])|\bglobalThis\s*\.\s*fetch\b/,
    'an injected transport',
  ],
  ['process.env', /\bprocess\s*\.\s*env\b/, 'the configuration parsed in main.ts'],
];

const files = sourceFiles();
const code = files.filter(({ path }) => /\.(ts|mjs)$/.test(path));

test('the sources are found', () => {
  expect(code.some(({ path }) => path.startsWith('services/'))).toBe(true);
  expect(code.some(({ path }) => path.startsWith('test/'))).toBe(true);
});

test.each(banned)('services take no %s', (_name, pattern, instead) => {
  const faults = code
    .filter(({ path }) => pureFolders.test(path))
    .flatMap((file) => lineFaults({ ...file, text: stripComments(file.text) }, pattern));
  expect(faults, `use ${instead}`).toEqual([]);
});

describe('the patterns', () => {
  const cases: [line: string, bannedAs: string | undefined][] = [
    ['const at = Date.now();', 'Date.now'],
    ['const at = new Date();', 'new Date()'],
    ['const at = new Date(stored);', undefined],
    ['performance.now()', 'performance.now'],
    ['setTimeout(f, 10)', 'timers'],
    ['globalThis.setInterval(f, 10)', 'timers'],
    ["import { setTimeout as sleep } from 'node:timers/promises';", 'timers'],
    ['clock.setTimeout(f, 10)', undefined],
    ['AbortSignal.timeout(5)', 'AbortSignal.timeout'],
    ['Math.random() < 0.5', 'Math.random'],
    ['await fetch(url)', 'global fetch'],
    ['app.fetch(request)', undefined],
    ['  fetch(request: Request): Promise<Response>;', undefined],
    ['process.env.HOME', 'process.env'],
    ['a(); // Date.now', undefined],
    ['f(/* Date.now */);', undefined],
    ["app.use('/*', process.env.X) /* routes */", 'process.env'],
    ["get('http://localhost', Math.random())", 'Math.random'],
  ];
  test.each(cases)('%s', (line, bannedAs) => {
    const hits = banned.filter(([, pattern]) => pattern.test(stripComments(line)));
    expect(hits.map(([name]) => name)).toEqual(bannedAs === undefined ? [] : [bannedAs]);
  });
});

/** Words that no file may hold. They are put together here so that this file does not hold them. */
const words: [what: string, pattern: RegExp, allowed: RegExp][] = [
  ['unfinished work', new RegExp(`\\b(FIX${'ME'}|X${'XX'})\\b`), /^$/],
  ['a path of one machine', new RegExp(`(^|[\\s'"\`(=:])/(wo${'rk'}|ro${'ot'})/`), /^$/],
  [
    'the old name of colony-start',
    new RegExp(`cloud${'-'}start`, 'i'),
    /^(docs\/seeds\.md|CHANGELOG\.md)$/,
  ],
];

test.each(words)('no file holds %s', (_what, pattern, allowed) => {
  const faults = files
    .filter(({ path }) => !allowed.test(path))
    .flatMap((f) => lineFaults(f, pattern));
  expect(faults).toEqual([]);
});

test('no test is run alone', () => {
  const pattern = new RegExp(`\\b(test|it|describe|suite)\\.${'only'}\\b`);
  const faults = code
    .filter(({ path }) => path.startsWith('test/'))
    .flatMap((f) => lineFaults(f, pattern));
  expect(faults).toEqual([]);
});

test('a source of the services has at most 300 lines', () => {
  const faults = code
    .filter(({ path }) => path.startsWith('services/'))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > 300);
  expect(faults).toEqual([]);
});
