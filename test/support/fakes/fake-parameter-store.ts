import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  ParameterNotFound,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createSsmClient } from '../../../services/platform/registry/ssm-registry.ts';

const PAGE = 10;

/** The parameter store, as far as it is used: pages of 10, one level under a path. */
export function fakeParameterStore(client = createSsmClient({ region: 'local' })) {
  const values = new Map<string, string>();
  const mock = mockClient(client);
  const missing = () => new ParameterNotFound({ message: 'not there', $metadata: {} });

  mock.on(PutParameterCommand).callsFake(async ({ Name, Value, Overwrite }) => {
    if (values.has(Name) && !Overwrite) throw new Error('ParameterAlreadyExists');
    if (Value === '') throw new Error('a value has at least one character');
    values.set(Name, Value);
    return { Version: 1 };
  });
  mock.on(GetParameterCommand).callsFake(async ({ Name }) => {
    const Value = values.get(Name);
    if (Value === undefined) throw missing();
    return { Parameter: { Name, Value } };
  });
  mock.on(DeleteParameterCommand).callsFake(async ({ Name }) => {
    if (!values.delete(Name)) throw missing();
    return {};
  });
  mock.on(GetParametersByPathCommand).callsFake(async ({ Path, NextToken }) => {
    const names = [...values.keys()]
      .filter((name) => name.startsWith(`${Path}/`) && !name.slice(Path.length + 1).includes('/'))
      .sort();
    const from = NextToken === undefined ? 0 : Number(NextToken);
    const Parameters = names
      .slice(from, from + PAGE)
      .map((Name) => ({ Name, Value: values.get(Name) }));
    const next = from + PAGE;
    return { Parameters, ...(next < names.length && { NextToken: String(next) }) };
  });
  return { client, values };
}
