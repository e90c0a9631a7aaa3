// npm run docs: writes the pages of docs/ that are made from tables in the sources.
import { writeFileSync } from 'node:fs';
import { generatedPages } from './lib/docs.ts';

for (const [file, text] of Object.entries(generatedPages())) {
  writeFileSync(file, text);
  console.log(file);
}
