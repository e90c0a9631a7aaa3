/**
 * Runs before each test file is loaded. Test files of one process share modules, and the mutant of the file before is
 * still active: what a file makes while it is loaded would be made by the mutant, and StrykerJS does not count a file
 * that cannot be loaded as a failure. Its own hook activates the mutant again before the tests.
 */
const stryker = (globalThis as { __stryker__?: { activeMutant?: string | undefined } }).__stryker__;
if (stryker !== undefined) stryker.activeMutant = undefined;
