import { PASSED_ON } from '../../services/local/local-settings.ts';
import { BACKEND_OPTIONS } from '../../services/platform/config/backend-config.ts';
import { type ConfigTable, flagOf } from '../../services/platform/config/config.ts';
import { COORDINATOR_OPTIONS } from '../../services/platform/config/coordinator-config.ts';
import { ERRORS } from '../../services/protocol/common/error-codes.ts';
import { ENVIRONMENT } from '../../services/protocol/common/names.ts';
import { apiPage } from './api-page.ts';
import { grafanaDashboard } from './grafana-dashboard.ts';
import { generated, table } from './markdown.ts';
import { metricsPage } from './metrics-page.ts';

/** docs/errors.md: every code with its HTTP status and what to do about it. */
function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, { status, title, remedy }]) => [
    `\`${code}\``,
    String(status),
    title,
    remedy,
  ]);
  return `${generated('services/protocol/common/error-codes.ts')}
# Errors

Every refusal is a problem document (RFC 9457, \`application/problem+json\`) whose \`code\` is one of
these. A code is stable: a client may switch on it.

${table(['code', 'HTTP status', 'what it means', 'what to do'], rows)}
`;
}

/** One section of docs/configuration.md: an option a row. */
function optionsTable(options: ConfigTable): string {
  const rows = Object.entries(options).map(([name, { kind, description, default: preset }]) => [
    `\`${ENVIRONMENT[name as keyof typeof ENVIRONMENT]}\``,
    `\`--${flagOf(name)}\``,
    `\`${name}\``,
    preset === undefined ? 'must be set' : shown(preset.value),
    `${description} Expected: ${kind.expected}.`,
  ]);
  return table(['environment', 'flag', 'in the file', 'default', 'what it is'], rows);
}

const shown = (value: unknown): string =>
  value === undefined || (Array.isArray(value) && value.length === 0)
    ? 'none'
    : value === null
      ? '`unlimited`'
      : `\`${value}\``;

/** docs/configuration.md: what the processes of a colony can be told. */
function configurationPage(): string {
  return `${generated('services/platform/config/*-config.ts')}
# Configuration

What coordinator and backend processes are told, each option as a flag, else as a variable of the
environment, else in the JSON file that \`--config-file\` or \`COLONY_CONFIG_FILE\` names, else its
default. \`npm start\` sets all that a colony on one machine needs; its own options are in
[cli.md](cli.md). To its processes it passes on what it finds of these in its environment, where none of its flags says
otherwise, and nothing else: ${PASSED_ON.map((name) => `\`${ENVIRONMENT[name]}\``).join(', ')}.

## Coordinator

${optionsTable(COORDINATOR_OPTIONS)}

## Backend

${optionsTable(BACKEND_OPTIONS)}
`;
}

/** The generated pages, by their path. */
export function generatedPages(): Record<string, string> {
  return {
    'docs/api.md': apiPage(),
    'docs/configuration.md': configurationPage(),
    'docs/errors.md': errorsPage(),
    'docs/grafana-dashboard.json': `${JSON.stringify(grafanaDashboard(), null, 2)}\n`,
    'docs/metrics.md': metricsPage(),
  };
}
