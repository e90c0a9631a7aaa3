import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  OpenSpan,
  SpanAttributes,
  Tracing,
} from '../../services/platform/observability/tracing.ts';

export interface MemorySpan {
  name: string;
  attributes: SpanAttributes;
  traceparent: string;
  /** The name of the span to which it belongs. */
  parent: string | undefined;
  /** undefined while it goes on. */
  outcome: 'done' | 'failed' | undefined;
}

/** Keeps spans; they are numbered, so that runs are alike. */
export class MemoryTracing implements Tracing {
  readonly spans: MemorySpan[] = [];
  readonly #current = new AsyncLocalStorage<string>();

  get traceparent(): string | undefined {
    return this.#current.getStore();
  }

  begin(name: string, attributes: SpanAttributes = {}, parent = this.traceparent): OpenSpan {
    const number = String(this.spans.length + 1).padStart(16, '0');
    const traceparent = `00-${'a'.repeat(32)}-${number}-01`;
    const parentName = this.spans.find((span) => span.traceparent === parent)?.name ?? parent;
    const span: MemorySpan = {
      ...{ name, attributes, traceparent },
      ...{ parent: parentName, outcome: undefined },
    };
    this.spans.push(span);
    const end = (error?: unknown) => {
      span.outcome = error === undefined ? 'done' : 'failed';
    };
    return { traceparent, end };
  }

  within<T>(traceparent: string, work: () => T): T {
    return this.#current.run(traceparent, work);
  }

  async close(): Promise<void> {}
}
