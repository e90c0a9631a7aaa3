#!/usr/bin/env node
// The `colony` command: builds when a source is newer than the last build, then runs the CLI here.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, dist, root } from './build.mjs';

const modifiedMs = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

function isStale() {
  const builtMs = modifiedMs(path.join(dist, '.built'));
  if (builtMs === undefined) return true;
  const sources = readdirSync(path.join(root, 'services'), { recursive: true });
  return [...sources.map((file) => path.join('services', file)), 'package-lock.json'].some(
    (file) => (modifiedMs(path.join(root, file)) ?? 0) > builtMs,
  );
}

if (isStale()) await build();
const colony = path.join(dist, 'colony.js');
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], colony, ...process.argv.slice(2)];
await import(pathToFileURL(colony).href);
