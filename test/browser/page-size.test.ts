import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

/** What a first visit may cost on a slow line, compressed as cheaply as the server does. */
const PAGE_MAX_BYTES = 150_000;

test('the page takes no more than 150 kB as it is sent', () => {
  const folder = path.resolve(import.meta.dirname, '../../dist/dashboard');
  const files = readdirSync(folder).filter((file) => /\.(js|css|html|svg)$/.test(file));
  expect(files).toEqual(expect.arrayContaining(['index.html', 'main.css', 'main.js']));
  const sizes = files.map(
    (file) => gzipSync(readFileSync(path.join(folder, file)), { level: 1 }).length,
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(PAGE_MAX_BYTES);
});
