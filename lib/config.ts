import { togetherProblems } from './config-problems.ts';
import { type ColonyConfig, configSchema } from './config-schema.ts';

/**
 * Reads the context value `colony`, an object or its JSON text; absent is all defaults.
 * @throws Error of one line that names every fault.
 */
export function parseConfig(context: unknown): ColonyConfig {
  const result = configSchema.safeParse(fromText(context ?? {}));
  const faults = result.success
    ? togetherProblems(result.data)
    : result.error.issues.map(({ code, path, message }) =>
        code === 'unrecognized_keys' && path.length === 0
          ? message
          : `${path.join('.') || 'value'}: ${message}`,
      );
  if (result.success && faults.length === 0) return result.data;
  throw new Error(`Context colony: ${faults.join('; ')}`);
}

function fromText(context: unknown): unknown {
  if (typeof context !== 'string') return context;
  try {
    return JSON.parse(context);
  } catch {
    throw new Error(`Context colony: expected a JSON object, got ${context}`);
  }
}
