// Leaves out each clause of each condition in turn, and runs the tests of the stores and of the record's rules
// against what is left. Fails unless every mutant is killed.
//
//     node scripts/mutation-conditions.mjs [GROUP…] [--mutate GLOB,…] [--clauses] [--concurrency N]
//
// --clauses: those alone that StrykerJS itself does not know, which are the conditions in texts and options too.
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { addClauseMutator } from './mutation/clause-mutator.mjs';
import { figuresOf, mutantText } from './mutation/figures.mjs';
import { GROUPS } from './mutation/groups.mjs';

const { values, positionals } = parseArgs({
  options: {
    mutate: { type: 'string' },
    clauses: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(GROUPS);
const unknown = names.find((name) => !Object.hasOwn(GROUPS, name));
if (unknown !== undefined) {
  throw new Error(`no group is ${unknown}: there are ${Object.keys(GROUPS).join(', ')}`);
}

const CONDITIONS = [
  ...['BlockStatement', 'ConditionalExpression', 'EqualityOperator'],
  ...['LogicalOperator', 'OptionalChaining'],
];
const known = await addClauseMutator();
const wanted = values.clauses ? [] : CONDITIONS;
const excludedMutations = known.filter((mutator) => !wanted.includes(mutator));

const all = [];
for (const name of names) {
  const { mutate, tests } = GROUPS[name];
  process.env.CONDITIONS_TESTS = JSON.stringify(tests);
  const found = await new Stryker({
    configFile: 'stryker.conditions.json',
    concurrency: Number(values.concurrency),
    mutate: values.mutate?.split(',') ?? mutate,
    mutator: { excludedMutations },
    jsonReporter: { fileName: `build/conditions/${name}.json` },
    htmlReporter: { fileName: `build/conditions/${name}.html` },
  }).runMutationTest();
  const mutants = found.filter(({ mutatorName }) => !excludedMutations.includes(mutatorName));
  console.log(`${name}: ${figuresOf(mutants).text}`);
  all.push(...mutants);
}
const { text, alive, killed } = figuresOf(all);
for (const mutant of alive) console.error(mutantText(mutant));
console.log(`all: ${text}`);
process.exitCode = alive.length > 0 || killed === 0 ? 1 : 0;
