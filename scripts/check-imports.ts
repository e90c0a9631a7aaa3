// npm run check: the direction of imports, as .dependency-cruiser.json has it.
import { checkImports } from './lib/imports.ts';

const { moduleCount, faults } = await checkImports(process.cwd());
for (const fault of faults) console.error(fault);
console.log(`Imports: ${moduleCount} modules, ${faults.length} faults`);
if (faults.length > 0) process.exitCode = 1;
