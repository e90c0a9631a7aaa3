/** Text that stands for a value where JSON has no value for it. */
export class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A tree of JSON, some leaves of which may be any text. */
export type Tree = null | boolean | number | string | Raw | readonly Tree[] | Members;
/** The members of an object in order: a name may come twice, and any name is one, `__proto__` too. */
export class Members {
  readonly list: readonly (readonly [name: string, value: Tree])[];

  constructor(list: readonly (readonly [name: string, value: Tree])[]) {
    this.list = list;
  }
}

export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf);
  if (typeof value === 'object' && value !== null) {
    return new Members(Object.entries(value).map(([name, member]) => [name, treeOf(member)]));
  }
  return (value ?? null) as Tree;
}

export function jsonText(tree: Tree): string {
  if (tree instanceof Raw) return tree.text;
  if (tree instanceof Members) {
    return `{${tree.list.map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`).join()}}`;
  }
  return Array.isArray(tree) ? `[${tree.map(jsonText).join()}]` : JSON.stringify(tree);
}

export const isContainer = (tree: Tree): tree is readonly Tree[] | Members =>
  tree instanceof Members || Array.isArray(tree);

/** The children of a container, in order. */
const childrenOf = (tree: readonly Tree[] | Members): readonly Tree[] =>
  tree instanceof Members ? tree.list.map(([, value]) => value) : tree;

/** How many values there are, the root among them. */
export const sizeOf = (tree: Tree): number =>
  isContainer(tree) ? childrenOf(tree).reduce<number>((sum, child) => sum + sizeOf(child), 1) : 1;

/** The value with a number, counted from the root in order. */
export function valueAt(tree: Tree, number: number): Tree {
  if (number === 0 || !isContainer(tree)) return tree;
  let left = number - 1;
  for (const child of childrenOf(tree)) {
    const size = sizeOf(child);
    if (left < size) return valueAt(child, left);
    left -= size;
  }
  return tree;
}

/**
 * The tree with another value in place of one.
 *
 * @param next any number of values in its place; of the root the first counts.
 */
export function replaceAt(
  tree: Tree,
  number: number,
  next: (value: Tree) => readonly Tree[],
): Tree {
  if (number === 0) return next(tree)[0] ?? null;
  if (!isContainer(tree)) return tree;
  let left = number - 1;
  const place = (child: Tree): readonly Tree[] => {
    const size = sizeOf(child);
    const at = left;
    left -= size;
    if (at === 0) return next(child);
    return at > 0 && at < size ? [replaceAt(child, at, next)] : [child];
  };
  if (tree instanceof Members) {
    return new Members(
      tree.list.flatMap(([name, value]) => place(value).map((v) => [name, v] as const)),
    );
  }
  return (tree as readonly Tree[]).flatMap(place);
}
