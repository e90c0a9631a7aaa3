/** The first line of a page that is made from the sources. */
export const generated = (source: string) =>
  `<!-- Made by \`npm run docs\` from ${source}; edit that. -->\n`;

/** One cell of a table: a bar would end it. */
const cell = (text: string) => text.replaceAll('|', '\\|');

/** A Markdown table. */
export function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((columns) => `| ${columns.join(' | ')} |`).join('\n');
}
