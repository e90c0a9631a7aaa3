/*
 * npm run bench: measures, and prints a table.
 *
 *   node scripts/run.mjs test/bench/main.ts [--only kernel] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchKernel, type KernelFigures, type KernelResult } from './kernel-bench.ts';

/** A part measures, and says in lines what it found. */
interface Part {
  measure(): Promise<object>;
  table(result: never): string[];
}

const parts: Record<string, Part> = {
  kernel: { measure: benchKernel, table: kernelTable },
};

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const names = values.only === undefined ? Object.keys(parts) : values.only.split(',');
const unknown = names.find((name) => parts[name] === undefined);
if (unknown !== undefined) {
  console.error(`--only ${unknown}: expected ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

const results: Record<string, object> = {
  machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
};
for (const name of names) {
  const part = parts[name] as Part;
  const result = await part.measure();
  results[name] = result;
  console.log([`\n${name}`, ...part.table(result as never), ''].join('\n'));
}
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
}

function kernelTable({ compiler, ...byTick }: KernelResult): string[] {
  const row = (cells: string[]) => cells.map((cell) => cell.padStart(11)).join('');
  const two = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(2));
  const figures = Object.entries(byTick as Record<string, KernelFigures>);
  const rows = figures.flatMap(([tick, { spread, timesNative, timesFasterThanReference }]) => {
    const { wasm, reference, native } = spread;
    const of = (key: 'median' | 'undisturbed') => [
      ...[two(wasm?.[key]), two(reference?.[key]), two(native?.[key])],
      ...[two(timesFasterThanReference[key]), two(timesNative?.[key])],
    ];
    const quartiles = [wasm, reference, native].map((s) => s?.quartiles.map(two).join('-') ?? '-');
    return [
      row([tick, 'median', ...of('median')]),
      row(['', 'quartiles', ...quartiles]),
      row(['', 'best', ...of('undisturbed')]),
    ];
  });
  return [
    'one thread, CPU ns per cell and tick, 500 x 500, default rules, no random events',
    row(['from tick', '', 'wasm', 'JavaScript', 'C', 'JS / wasm', 'wasm / C']),
    ...rows,
    `C: ${compiler ?? 'no compiler for SSE 4.2 here'}; best: of each tick the best time`,
  ];
}
