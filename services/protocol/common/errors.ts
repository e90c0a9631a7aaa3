import { ERRORS, type ErrorCode } from './error-codes.ts';

/** An operating failure with a stable code; bugs are plain `Error`s. */
export class ColonyError extends Error {
  override readonly name = 'ColonyError';
  readonly code: ErrorCode;
  readonly extra: Readonly<Record<string, unknown>>;

  /** @param detail what was wrong this time; @param extra further members of the problem body. */
  constructor(
    code: ErrorCode,
    detail: string,
    options: { extra?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.extra = options.extra ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** Problem details (RFC 9457), as every error is answered. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  remedy: string;
  [extra: string]: unknown;
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export function problemOf(error: ColonyError): Problem {
  const { status, title, remedy } = ERRORS[error.code];
  return {
    ...error.extra,
    type: `urn:distributed-colony:error:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    remedy,
  };
}

/** Whether a checkpoint cannot be used, now or later. */
export const isCheckpointUnreadable = (error: unknown): error is ColonyError =>
  error instanceof ColonyError && error.code === 'CHECKPOINT_UNREADABLE';

/** Whether a store did not answer: what it has is neither there nor lost. */
export const isStoreUnavailable = (error: unknown): error is ColonyError =>
  error instanceof ColonyError && error.code === 'STORE_UNAVAILABLE';

/** Any error in one line, its code first if it has one. */
export const messageOf = (error: unknown): string =>
  error instanceof ColonyError
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? error.message
      : String(error);
