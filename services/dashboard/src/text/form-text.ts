/** What is wrong with a field, by its name as the API has it. */
export type Problems = Readonly<Record<string, string>>;

/** @returns undefined if the text is not a whole number within the bounds. */
export function wholeNumber(
  text: string,
  [min, max]: readonly [number, number],
): number | undefined {
  if (!/^\s*-?\d{1,10}\s*$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

export const boundsText = ([min, max]: readonly [number, number]): string =>
  `${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;

/**
 * Finds the field that a refusal of the API is about.
 *
 * @param detail as the API words it: it names fields as they are sent.
 * @param fields the fields that are shown; the first of them that is named has it.
 * @returns undefined if it is about none of them alone.
 */
export function refusedField(detail: string, fields: readonly string[]): string | undefined {
  const named = fields
    .map((field) => ({
      field,
      at: detail.search(new RegExp(`\\b${field.replace('.', '\\.')}\\b`)),
    }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.field.length - a.field.length);
  return named[0]?.field;
}

/** `breedPerSize` → `Breed per size`. */
export function ruleTitle(rule: string): string {
  const words = rule.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
