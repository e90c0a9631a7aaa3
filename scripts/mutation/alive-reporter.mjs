import { isAlive, mutantText } from './figures.mjs';

/** Prints a mutant that the tests do not kill as soon as that is known. */
class AliveReporter {
  onMutantTested(mutant) {
    if (isAlive(mutant)) console.log(mutantText(mutant));
  }
}

export const strykerPlugins = [{ kind: 'Reporter', name: 'alive', injectableClass: AliveReporter }];
