import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ColonyError } from '../../protocol/common/errors.ts';
import { parseJson } from '../../protocol/common/json.ts';
import { ENVIRONMENT, ENVIRONMENT_PREFIX } from '../../protocol/common/names.ts';
import type { ValueKind } from './config-values.ts';

/** One setting. Its flag and environment variable follow from its name in the table. */
export interface ConfigOption<T> {
  kind: ValueKind<T>;
  description: string;
  /** What it is when nothing sets it; absent where it must be set. */
  default?: { value: T };
  /** Never shown. */
  isSecret?: boolean;
  /** A variable outside `COLONY_*` that is looked at last, before the default. */
  fallbackEnv?: string;
}

type OptionName = keyof typeof ENVIRONMENT;
export type ConfigTable = { readonly [K in OptionName]?: ConfigOption<unknown> };
export type ConfigOf<T extends ConfigTable> = {
  -readonly [K in keyof T]: T[K] extends ConfigOption<infer V> ? V : never;
};

type More = Pick<ConfigOption<unknown>, 'isSecret' | 'fallbackEnv'>;

export const required = <T>(
  kind: ValueKind<T>,
  description: string,
  more: More = {},
): ConfigOption<T> => ({ kind, description, ...more });

export const optional = <T>(
  kind: ValueKind<T>,
  description: string,
  more: More = {},
): ConfigOption<T | undefined> => ({ kind, description, default: { value: undefined }, ...more });

export const withDefault = <T>(
  kind: ValueKind<T>,
  value: NoInfer<T>,
  description: string,
  more: More = {},
): ConfigOption<T> & { default: { value: T } } => ({
  kind,
  description,
  default: { value },
  ...more,
});

/** `httpPort` → `http-port`. */
export const flagOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export interface ConfigSources {
  /** Without node and script. */
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** @default reads the file system */
  readFile?: (path: string) => string;
}

export interface ParsedConfig<C> {
  config: C;
  /** For the log: what was ignored. */
  warnings: string[];
}

/** What stands in quotes is a name, whatever is in it. */
const FIRST_SENTENCE = /^(?:'[^']*'|[^.\n'])*/;

/** One line, whatever stands in the names that it has. */
const invalid = (what: string): ColonyError =>
  new ColonyError('CONFIG_INVALID', what.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '));

const CONFIG_FILE_FLAG = flagOf('configFile');

/**
 * Resolves each option of a table: flag, then environment, then the JSON file that `--config-file`
 * or COLONY_CONFIG_FILE names, then default. Throws CONFIG_INVALID with one line that names every
 * fault: what was set where, and what was expected; never the value of a secret.
 *
 * @param check finds what does not fit together, after each value is good by itself
 */
export function parseConfig<T extends ConfigTable>(
  table: T,
  { argv, env, readFile = (path) => readFileSync(path, 'utf8') }: ConfigSources,
  check: (config: ConfigOf<T>) => string | undefined = () => undefined,
): ParsedConfig<ConfigOf<T>> {
  const flags = parseFlags(table, argv);
  const filePath = flags[CONFIG_FILE_FLAG] ?? env[ENVIRONMENT.configFile];
  const file = filePath === undefined ? {} : parseFile(table, filePath, readFile);
  const faults: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, option] of entriesOf(table)) {
    const envName = ENVIRONMENT[name];
    const { fallbackEnv = '' } = option;
    const [where, value] = [
      [`--${flagOf(name)}`, flags[flagOf(name)]],
      [envName, env[envName] || undefined],
      [`${name} in ${filePath}`, file[name]],
      [fallbackEnv, env[fallbackEnv] || undefined],
    ].find(([, candidate]) => candidate !== undefined) ?? [envName, undefined];
    if (value === undefined) {
      if (option.default === undefined) {
        faults.push(`${where} is not set, expected ${option.kind.expected}`);
      } else config[name] = option.default.value;
      continue;
    }
    const parsed = option.kind.schema.safeParse(value);
    if (parsed.success) config[name] = parsed.data;
    else faults.push(`${where} is ${shown(value, option)}, expected ${option.kind.expected}`);
  }
  const problem = faults.length === 0 ? check(config as ConfigOf<T>) : undefined;
  if (problem !== undefined) faults.push(problem);
  if (faults.length > 0) throw invalid(faults.join('; '));
  return { config: config as ConfigOf<T>, warnings: unknownVariables(env) };
}

const entriesOf = (table: ConfigTable) =>
  Object.entries(table) as [OptionName, ConfigOption<unknown>][];

function parseFlags(table: ConfigTable, argv: readonly string[]): Record<string, string> {
  const names = [...Object.keys(table), 'configFile'].map(flagOf);
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true });
    return values as Record<string, string>;
  } catch (cause) {
    // Its message names a flag that is unknown or has no value; a value could be a secret.
    const { code, message } = cause as { code?: string; message: string };
    const what =
      code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL'
        ? 'an argument without a flag is given, expected --flag value'
        : FIRST_SENTENCE.exec(message)?.[0];
    throw invalid(String(what));
  }
}

function parseFile(
  table: ConfigTable,
  path: string,
  readFile: (path: string) => string,
): Record<string, unknown> {
  const bad = (what: string) => invalid(`the configuration file ${path} ${what}`);
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    throw bad(`cannot be read: ${(error as Error).message}`);
  }
  const value = parseJson(content);
  // Without the parser's reason, which quotes the text: that may hold a secret.
  if (value === undefined) throw bad('is not JSON, expected an object of options');
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw bad('is not a JSON object, expected an object of options');
  }
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(table, key));
  if (unknown.length > 0) {
    throw bad(`has ${unknown.join(', ')}, expected only ${Object.keys(table).join(', ')}`);
  }
  return value as Record<string, unknown>;
}

function shown(value: unknown, { isSecret }: ConfigOption<unknown>): string {
  if (isSecret) return 'hidden and not valid';
  const full = JSON.stringify(value);
  return full.length > 80 ? `${full.slice(0, 80)}…` : full;
}

function unknownVariables(env: ConfigSources['env']): string[] {
  const known = new Set<string>(Object.values(ENVIRONMENT));
  return Object.keys(env)
    .filter((name) => name.startsWith(ENVIRONMENT_PREFIX) && !known.has(name))
    .map((name) => `${name} is not the name of a setting and is ignored`);
}
