import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { messageOf } from '../../protocol/common/errors.ts';
import type { OpenSpan, SpanAttributes, Tracing, TracingOptions } from './tracing.ts';

/** Spans are sent together, so soon after they have ended. */
const SEND_AFTER_MS = 1_000;
/** A collector that does not answer is waited for so long at the end. */
const CLOSE_MS = 2_000;

/** Tells a collector by OTLP over HTTP. What it does not take is lost: the colony does not wait for it. */
export class OtlpTracing implements Tracing {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;
  readonly #current = new AsyncLocalStorage<string>();

  constructor(options: TracingOptions & { endpoint: string }) {
    const { endpoint, service, id, colonyName } = options;
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    const exporter = new OTLPTraceExporter({ url, timeoutMillis: CLOSE_MS });
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({
        'service.name': service,
        'service.namespace': colonyName,
        'service.instance.id': id,
      }),
      spanProcessors: [
        new BatchSpanProcessor(exporter, {
          scheduledDelayMillis: SEND_AFTER_MS,
          exportTimeoutMillis: CLOSE_MS,
        }),
      ],
      forceFlushTimeoutMillis: CLOSE_MS,
    });
    this.#tracer = this.#provider.getTracer('distributed-colony');
  }

  get traceparent(): string | undefined {
    return this.#current.getStore();
  }

  begin(name: string, attributes: SpanAttributes = {}, parent = this.traceparent): OpenSpan {
    const span = this.#tracer.startSpan(name, { attributes }, contextOf(parent));
    return { traceparent: traceparentOf(span), end: (error) => end(span, error) };
  }

  within<T>(traceparent: string, work: () => T): T {
    return this.#current.run(traceparent, work);
  }

  async close(): Promise<void> {
    // A collector that is away is no reason to end badly.
    await this.#provider.shutdown().catch(() => undefined);
  }
}

function end(span: Span, error: unknown): void {
  if (error !== undefined) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
  }
  span.end();
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const traceFlags = Number.parseInt(flags, 16);
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
