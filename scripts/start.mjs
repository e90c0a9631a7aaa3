// npm start: builds what is stale, then is `colony local` in this very process, so that signals reach it.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { dist } from './lib/built.mjs';
import { ensureBuiltOrExit } from './lib/freshness.mjs';

await ensureBuiltOrExit();
const colony = path.join(dist, 'colony.js');
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], colony, 'local', ...process.argv.slice(2)];
await import(pathToFileURL(colony).href);
