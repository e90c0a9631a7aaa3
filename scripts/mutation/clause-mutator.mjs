/**
 * A mutator for StrykerJS, beside its own: it leaves out what those do not, one clause at a time.
 *
 * - an operand of `&&` and `||` that is no comparison: `a && isIt(b)` → `a && true`
 * - the test of `? :` that is no comparison: → true, → false
 * - the condition of a write, which is an option of a call (`WRITE_CONDITIONS`)
 * - each clause of a condition of DynamoDB, which is a text: `C` → `(C OR NOT (C))`, so that every name and
 *   value is still in use
 */
const clauseMutator = {
  name: 'Clause',
  *mutate(path) {
    const { node, parent, key } = path;
    if (isOperand(node, parent)) yield literal(parent.operator === '&&');
    if (parent?.type === 'ConditionalExpression' && key === 'test' && !isComparison(node)) {
      yield literal(true);
      yield literal(false);
    }
    if (node.type === 'ObjectExpression') yield* withoutConditions(node);
    if (node.type === 'StringLiteral' && isCondition(path)) yield* weakened(node.value);
  },
};

/** Options that make a write, or the making of a store, depend on what is there. */
const WRITE_CONDITIONS = ['IfNoneMatch', 'createIfMissing', 'errorIfExists'];

const COMPARISONS = ['==', '!=', '===', '!==', '<', '<=', '>', '>='];

const literal = (value) => ({ type: 'BooleanLiteral', value });

const isLogical = (node) => node?.type === 'LogicalExpression' && node.operator !== '??';

/** StrykerJS itself turns these into true and false. */
const isComparison = (node) =>
  isLogical(node) || (node.type === 'BinaryExpression' && COMPARISONS.includes(node.operator));

const isOperand = (node, parent) => isLogical(parent) && !isComparison(node);

function* withoutConditions(node) {
  for (const left of node.properties) {
    if (!WRITE_CONDITIONS.includes(left.key?.name)) continue;
    const properties = node.properties.filter((property) => property !== left);
    yield { type: 'ObjectExpression', properties: structuredClone(properties) };
  }
}

/** `ConditionExpression: '…'`, or the same with one of two texts. */
function isCondition({ key, parentPath }) {
  const { key: at, parent } = parentPath.isConditionalExpression()
    ? parentPath
    : { key, parent: parentPath.node };
  return key !== 'test' && at === 'value' && parent.key?.name === 'ConditionExpression';
}

function* weakened(condition) {
  const clauses = condition.split(/\b(AND|OR)\b/);
  for (let at = 0; at < clauses.length; at += 2) {
    const clause = clauses[at].trim();
    const value = clauses.with(at, ` (${clause} OR NOT (${clause})) `).join('').trim();
    yield { type: 'StringLiteral', value };
  }
}

/**
 * StrykerJS takes no mutators from others: this one joins the list that its instrumenter goes by. Answers the names of
 * those that were there.
 */
export async function addClauseMutator() {
  const instrumenter = import.meta.resolve('@stryker-mutator/instrumenter');
  const { allMutators } = await import(new URL('mutators/index.js', instrumenter).href);
  const known = allMutators.map(({ name }) => name);
  allMutators.push(clauseMutator);
  return known;
}
