import type { Vite } from 'vitest/node';

/** Files that have vitest replace modules: it moves their imports about. */
const REPLACES_MODULES = /\bvi\.(mock|doMock|hoisted)\(/;

/**
 * Vitest reads each import anew wherever it is used, from an object whose properties are getters: the
 * readable kernel takes six times as long by that. This has each module keep what it imports in constants.
 * That changes nothing where imports go round in no circle and no module exports what it assigns again.
 */
export function localImports(): Vite.Plugin {
  return {
    name: 'local-imports',
    enforce: 'post',
    transform(code, id) {
      if (!/\.tsx?$/.test(id) || id.includes('/node_modules/')) return;
      if (REPLACES_MODULES.test(code)) return;
      // Lines stay where they are, and with them the source map.
      return { code: keepImports(code, this.parse(code).body), map: null };
    },
  };
}

function keepImports(code: string, statements: Vite.ESTree.Program['body']): string {
  const pieces: string[] = [];
  let at = 0;
  const replace = (start: number, end: number, text: string) => {
    pieces.push(code.slice(at, start), text);
    at = end;
  };
  for (const statement of statements) {
    if (statement.type !== 'ImportDeclaration') continue;
    const constants: string[] = [];
    for (const { type, local, start, end } of statement.specifiers) {
      if (type === 'ImportNamespaceSpecifier') continue;
      const { name } = local;
      const as =
        code.slice(start, local.start) || (type === 'ImportSpecifier' ? `${name} as ` : '');
      replace(start, end, `${as}__imported_${name}`);
      constants.push(`${name} = __imported_${name}`);
    }
    if (constants.length > 0) replace(statement.end, statement.end, ` const ${constants};`);
  }
  return [...pieces, code.slice(at)].join('');
}
