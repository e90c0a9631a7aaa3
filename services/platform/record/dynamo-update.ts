import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';

/** One conditional update of one item. Names are written `#name`, values `:name`. */
export interface ConditionalUpdate {
  /** Right sides by attribute path without `#`, for example `{ 'leader.beat': ':beat' }`. */
  set: Record<string, string>;
  remove?: readonly string[];
  /** For example `#status = :initializing AND #generation = :generation`. */
  condition: readonly string[];
  /** Values by name without `:`; those that no expression uses are left out. */
  values: Record<string, unknown>;
}

/**
 * The input of an UpdateItem. Every attribute goes through ExpressionAttributeNames, since many
 * names (`status`, `leader`, …) are reserved words. A path in `set` and `remove` is cut at dots.
 */
export function updateInput(
  tableName: string,
  key: Record<string, string>,
  { set, remove = [], condition, values }: ConditionalUpdate,
): UpdateCommandInput {
  const hashed = (path: string) =>
    path
      .split('.')
      .map((name) => `#${name}`)
      .join('.');
  const assignments = Object.entries(set).map(([path, value]) => `${hashed(path)} = ${value}`);
  const update = [
    `SET ${assignments.join(', ')}`,
    ...(remove.length > 0 ? [`REMOVE ${remove.map(hashed).join(', ')}`] : []),
  ].join(' ');
  const conditionText = condition.join(' AND ');
  const all = `${update} ${conditionText}`;
  const names = [...new Set(all.match(/#\w+/g) ?? [])];
  const used = [...new Set(all.match(/:\w+/g) ?? [])];
  return {
    TableName: tableName,
    Key: key,
    UpdateExpression: update,
    ConditionExpression: conditionText,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
    ExpressionAttributeValues: Object.fromEntries(
      used.map((name) => {
        const value = values[name.slice(1)];
        if (value === undefined) throw new Error(`no value is given for ${name}`);
        return [name, value];
      }),
    ),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}
