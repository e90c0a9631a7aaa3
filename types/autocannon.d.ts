// autocannon ships no types; these are the parts of it that are used here.
declare module 'autocannon' {
  export interface Options {
    url: string;
    connections?: number;
    /** Seconds. */
    duration?: number;
    /** Requests a second, of all connections together. */
    overallRate?: number;
    headers?: Record<string, string>;
  }

  /** Milliseconds. */
  interface Latencies {
    p50: number;
    p99: number;
  }

  export interface Result {
    latency: Latencies;
    '2xx': number;
    non2xx: number;
    errors: number;
  }

  export default function autocannon(options: Options): Promise<Result>;
}
