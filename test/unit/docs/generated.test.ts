import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedPages } from '../../../scripts/lib/docs.ts';

test.each(Object.entries(generatedPages()))('%s is what `npm run docs` makes', (file, text) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});
