#!/usr/bin/env node
// The `colony` command: builds what is stale, then runs the CLI here.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { dist } from './lib/built.mjs';
import { ensureBuiltOrExit } from './lib/freshness.mjs';

await ensureBuiltOrExit();
const colony = path.join(dist, 'colony.js');
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], colony, ...process.argv.slice(2)];
await import(pathToFileURL(colony).href);
