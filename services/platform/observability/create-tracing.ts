import type { Tracing, TracingOptions } from './tracing.ts';

/** undefined where there is no collector: then nothing of it is even loaded. */
export async function createTracing(options: TracingOptions): Promise<Tracing | undefined> {
  const { endpoint, ...self } = options;
  if (endpoint === undefined) return undefined;
  const { OtlpTracing } = await import('./otlp-tracing.ts');
  return new OtlpTracing({ endpoint, ...self });
}
