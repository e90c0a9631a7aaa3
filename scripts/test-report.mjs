// Usage: node scripts/test-report.mjs SUITE REPORT.json FAILURES.txt
// Prints "PASSED FAILED" of a report of vitest, and appends to FAILURES.txt each test that failed, with the head of
// what it said: a file that did not load counts as one.
import { appendFileSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const MESSAGE_LINES = 12;

const [suite, reportFile, failuresFile] = process.argv.slice(2);
const report = JSON.parse(readFileSync(reportFile, 'utf8'));

const head = (message) =>
  (message ?? '')
    .split('\n')
    .slice(0, MESSAGE_LINES)
    .map((line) => `    ${line}`)
    .join('\n');

for (const file of report.testResults) {
  const name = relative(process.cwd(), file.name);
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0 && file.status === 'failed') {
    appendFileSync(failuresFile, `${suite}: ${name}\n${head(file.message)}\n`);
  }
  for (const test of failed) {
    appendFileSync(
      failuresFile,
      `${suite}: ${name} > ${test.fullName}\n${head(test.failureMessages.join('\n'))}\n`,
    );
  }
}
console.log(report.numPassedTests, report.numFailedTests);
