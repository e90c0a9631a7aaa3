/** What is told of a span, for people. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span that goes on. */
export interface OpenSpan {
  /** Names it to others, in the form of the W3C: `00-<trace>-<span>-<flags>`. */
  readonly traceparent: string;
  /** @param error why it failed; without it it did not. */
  end(error?: unknown): void;
}

/** Tells where the time of something goes that takes long and happens seldom; nothing of single ticks. */
export interface Tracing {
  /**
   * Begins a span.
   *
   * @param parent its traceparent. @default that of the work in which it begins; without one it begins a trace
   */
  begin(name: string, attributes?: SpanAttributes, parent?: string): OpenSpan;
  /** Runs work that belongs to a span. */
  within<T>(traceparent: string, work: () => T): T;
  /** Of the span to which the work belongs that asks. */
  readonly traceparent: string | undefined;
  /** Sends what is not sent yet; bounded in time. */
  close(): Promise<void>;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A header in which another process names its span; undefined if it is not of that form. */
export const readTraceparent = (header: string | undefined): string | undefined =>
  header !== undefined && TRACEPARENT.test(header) ? header : undefined;

/** Runs work as a span; its failure is that of the work. Without tracing it only runs. */
export async function traced<T>(
  tracing: Tracing | undefined,
  name: string,
  attributes: SpanAttributes,
  work: () => Promise<T>,
  parent?: string,
): Promise<T> {
  if (tracing === undefined) return work();
  const span = tracing.begin(name, attributes, parent);
  try {
    const result = await tracing.within(span.traceparent, work);
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

/** Likewise, but only as a part of a span: by itself it is none. */
export const tracedPart = <T>(
  tracing: Tracing | undefined,
  name: string,
  attributes: SpanAttributes,
  work: () => Promise<T>,
): Promise<T> =>
  traced(tracing?.traceparent === undefined ? undefined : tracing, name, attributes, work);

export interface TracingOptions {
  /** Address of the collector (OTLP over HTTP), without `/v1/traces`; undefined: nobody is told. */
  endpoint: string | undefined;
  /** For example `colony-backend`. */
  service: string;
  /** Of this process. */
  id: string;
  colonyName: string;
}
