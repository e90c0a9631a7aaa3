import { z } from 'zod';
import { parseJson } from '../../protocol/common/json.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';

/** The members of a problem document (RFC 9457) that are shown; a proxy may send fewer. */
const problemSchema = z.object({
  title: z.string(),
  status: z.int().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
  remedy: z.string().optional(),
});

const INVALID_REQUEST = 400;

/** The server answered, and said no: the request is not valid, or the colony is not in its state. */
export class RefusedError extends CliError {
  readonly status: number;
  /** The stable code of services/protocol/common/error-codes.ts; undefined when someone else answered. */
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined, message: string) {
    // What the colony would refuse at any time is the same mistake as a flag that is refused here.
    super(message, status === INVALID_REQUEST ? EXIT.usage : EXIT.refused);
    this.status = status;
    this.code = code;
  }
}

/** Makes one line of an answer that is not a success, be it from the colony or from a proxy. */
export function refusalOf(status: number, request: string, body: string): RefusedError {
  const problem = problemSchema.safeParse(parseJson(body));
  if (!problem.success) {
    const said = oneLine(body).slice(0, 200);
    return new RefusedError(
      status,
      undefined,
      `${request} was answered with HTTP ${status}${said === '' ? '.' : `: ${said}`}`,
    );
  }
  const { code, title, detail, remedy } = problem.data;
  const what = detail === undefined || detail === '' ? title : `${title}: ${detail}`;
  const parts = [`${code ?? `HTTP ${status}`}: ${sentence(what)}`, remedy];
  return new RefusedError(status, code, oneLine(parts.filter(Boolean).join(' ')));
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
