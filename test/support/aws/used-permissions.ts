import type { RecordedCall } from './recorded-calls.ts';

/**
 * What a call needs, `action on resource` for each resource, as IAM sees it. A call whose resource
 * is not known here needs a permission that is granted to no role, so that it shows.
 */
export function neededBy(call: RecordedCall): string[] {
  if (call.service === 's3') return neededOfBucket(call);
  const action = `${call.service}:${call.action}`;
  const resources = resourcesOf(call);
  return (resources.length > 0 ? resources : ['an unknown resource']).map(
    (resource) => `${action} on ${resource}`,
  );
}

function resourcesOf({ service, account, region, parameters }: RecordedCall): string[] {
  const arn = (of: string, resource: string) => `arn:aws:${of}:${region}:${account}:${resource}`;
  const {
    TableName,
    RequestItems = {},
    Name,
    Path,
    cluster,
    tasks,
    services = parameters['service'],
  } = parameters;
  switch (service) {
    case 'dynamodb':
      return texts(TableName ?? Object.keys(RequestItems as object)).map((table) =>
        arn('dynamodb', `table/${table}`),
      );
    case 'ssm':
      return texts(Name ?? Path).map((name) => arn('ssm', `parameter${name}`));
    case 'ecs':
      return tasks === undefined
        ? texts(services).map((name) => arn('ecs', `service/${cluster}/${name}`))
        : texts(tasks);
    default:
      return [];
  }
}

/** S3 tells that an object is not there only to those who may list its bucket. */
function neededOfBucket({ action, parameters }: RecordedCall): string[] {
  const [bucket] = texts(parameters['bucketName']).map((name) => `arn:aws:s3:::${name}`);
  const [key] = texts(parameters['key']);
  if (bucket === undefined) return [`s3:${action} on an unknown resource`];
  const list = `s3:ListBucket on ${bucket}`;
  if (action.startsWith('ListObjects')) return [list];
  const own = `s3:${action} on ${key === undefined ? bucket : `${bucket}/${key}`}`;
  return action === 'GetObject' ? [own, list] : [own];
}

const texts = (value: unknown): string[] =>
  [value].flat().filter((text) => typeof text === 'string');

/**
 * A line of a template's policies, with the references in `<>` put in.
 *
 * @example withValues('ecs:DescribeTasks on <Cluster>/*', { Cluster: 'reef' }) // '… on reef/*'
 */
export function withValues(line: string, values: Readonly<Record<string, string>>): string {
  return line.replace(/<(.*?)>/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${line}: no assignment of ${name} was found`);
    return value;
  });
}

/**
 * Compares what was needed with what is granted, in both directions.
 *
 * @param granted lines of the same form; `*` stands for anything
 */
export function compare(
  needed: readonly string[],
  granted: readonly string[],
): { missing: string[]; unused: string[] } {
  const distinct = [...new Set(needed)].sort();
  const patterns = granted.map((line) => ({ line, pattern: patternOf(line) }));
  return {
    missing: distinct.filter((line) => !patterns.some(({ pattern }) => pattern.test(line))),
    unused: patterns
      .filter(({ pattern }) => !distinct.some((line) => pattern.test(line)))
      .map(({ line }) => line),
  };
}

const patternOf = (line: string) => new RegExp(`^${line.split('*').map(escaped).join('.*')}$`);

const escaped = (text: string) => text.replace(/[\\^$.|?+()[\]{}]/g, '\\$&');
