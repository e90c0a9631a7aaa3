import { expect, test } from 'vitest';
import { parseAst, type Vite } from 'vitest/node';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { tickBlock } from '../../../services/world/tick/tick.ts';
import { localImports } from '../../support/local-imports.ts';

type Transform = (this: object, code: string, id: string) => { code: string } | undefined;

function transformed(code: string, id = '/services/a.ts'): string | undefined {
  const { transform } = localImports() as Vite.Plugin & { transform: Transform };
  return transform.call({ parse: parseAst }, code, id)?.code;
}

test.each([
  ["import { a } from 'x';", "import { a as __imported_a } from 'x'; const a = __imported_a;"],
  ["import { a as b } from 'x';", "import { a as __imported_b } from 'x'; const b = __imported_b;"],
  ["import a from 'x';", "import __imported_a from 'x'; const a = __imported_a;"],
  [
    "import a, { b } from 'x';",
    "import __imported_a, { b as __imported_b } from 'x'; const a = __imported_a,b = __imported_b;",
  ],
])('%s is kept in constants', (code, expected) => {
  expect(transformed(`${code}\nb();`)).toBe(`${expected}\nb();`);
});

test.each(["import * as a from 'x';", "import 'x';", "export { a } from 'x';", "import('x');"])(
  '%s stays as it is',
  (code) => expect(transformed(code)).toBe(code),
);

test('files that have modules replaced are left alone, and so are packages', () => {
  expect(transformed("import { a } from 'x';\nvi.mock('x');")).toBeUndefined();
  expect(transformed("import { a } from 'x';", '/node_modules/x/a.ts')).toBeUndefined();
});

test('what runs here reads no imports where it uses them', () => {
  const here = () => transformed('');
  for (const code of [SingleWorld, tickBlock, here]) expect(String(code)).not.toContain('import_');
});
