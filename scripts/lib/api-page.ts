import { createHttpApp, openApiDocument } from '../../services/coordinator/http/app.ts';
import type { HttpOptions } from '../../services/coordinator/http/http-options.ts';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}
interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
}
interface Media {
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: Media & { required?: boolean; description?: string };
  responses: Record<string, Media & { description: string }>;
}

/** The contract as the coordinator serves it; no handler is called for it. */
function contract(): Record<string, Record<string, Operation>> {
  const options = {
    name: 'colony',
    version: { version: '' },
    allowedHosts: [],
    ownAddresses: [],
  } as unknown as HttpOptions;
  const { paths } = openApiDocument(createHttpApp(options), options);
  return paths as unknown as Record<string, Record<string, Operation>>;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function typeOf(schema: Schema = {}): string {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/components/schemas/', '');
  if (schema.items !== undefined) return `array of ${typeOf(schema.items)}`;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(' ');
  const type = [schema.type ?? 'any'].flat().join(' or ');
  const { minimum, maximum } = schema;
  const isBounded = minimum !== undefined && maximum !== undefined;
  return isBounded && maximum < Number.MAX_SAFE_INTEGER
    ? `${type}, ${minimum} to ${maximum}`
    : type;
}

const bodyOf = ({ content = {} }: Media): string =>
  Object.entries(content)
    .map(([type, { schema }]) => (type === 'application/json' ? typeOf(schema) : `\`${type}\``))
    .join(', ');

function section(path: string, method: string, operation: Operation): string {
  const lines = [`### \`${method.toUpperCase()} ${path}\``, '', `${operation.summary}.`, ''];
  if (operation.description) lines.push(operation.description, '');
  const rows = (operation.parameters ?? []).map((p) => [
    `\`${p.name}\`${p.in === 'query' ? '' : ` (${p.in})`}${p.required ? ', required' : ''}`,
    typeOf(p.schema),
    p.description ?? '',
  ]);
  const { requestBody } = operation;
  if (requestBody !== undefined) {
    rows.push([
      requestBody.required ? 'body, required' : 'body',
      bodyOf(requestBody),
      requestBody.description ?? '',
    ]);
  }
  if (rows.length > 0) {
    lines.push('| takes | type | |', '| --- | --- | --- |');
    lines.push(...rows.map((row) => `| ${row.map(cell).join(' | ')} |`), '');
  }
  lines.push('| answers | with | when |', '| --- | --- | --- |');
  for (const [status, response] of Object.entries(operation.responses)) {
    const body = bodyOf(response).replace('`application/problem+json`', 'Problem');
    lines.push(`| ${status} | ${body} | ${cell(response.description)} |`);
  }
  return lines.join('\n');
}

/** docs/api.md: every request of the public API with its answers. */
export function apiPage(): string {
  const operations = Object.entries(contract()).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0] ?? ''))];
  const groups = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === tag);
    const sections = own.map(({ path, method, operation }) => section(path, method, operation));
    return `## ${tag[0]?.toUpperCase()}${tag.slice(1)}\n\n${sections.join('\n\n')}`;
  });
  return `<!-- Made by \`npm run docs\` from services/coordinator/http/; edit that. -->

# HTTP API

Every coordinator serves this API; what only the leader can answer, a standby passes on to it. A
running one shows the shapes named here at \`/docs\` and gives them as OpenAPI 3.1 at
\`/openapi.json\`. JSON is camelCase. Every error is a Problem (RFC 9457,
\`application/problem+json\`) with a stable code; [errors.md](errors.md) lists them. Every 503
says with Retry-After when to try again, but a start that failed: its cause has to be mended first. Query parameters that are not named here are refused,
bodies have at most 64 KiB, a Host that is not served here and changes from a foreign Origin are refused.

${groups.join('\n\n')}
`;
}
