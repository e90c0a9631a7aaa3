/** A key that does something wherever the focus is, except where it is typed into a field. */
export interface Shortcut {
  /** As `KeyboardEvent.key` has it, in lower case. */
  keys: readonly string[];
  /** The key as people call it. */
  label: string;
  /** What it does, for the help. */
  text: string;
  /** @param key the one of `keys` that was pressed. */
  act(key: string): void;
}
