import type { Emulator } from './emulator.ts';

/** One list of things: how it is asked for, and where their names stand in the answer. */
interface Listing {
  service: string;
  path?: string;
  /** JSON protocol. */
  target?: string;
  contentType?: string;
  /** Query protocol. */
  form?: string;
  body?: unknown;
  names: RegExp;
}

const json = (service: string, target: string, names: RegExp, body: unknown = {}): Listing => ({
  service,
  target,
  contentType: 'application/x-amz-json-1.1',
  body,
  names,
});
const query = (service: string, action: string, version: string, names: RegExp): Listing => ({
  service,
  contentType: 'application/x-www-form-urlencoded',
  form: `Action=${action}&Version=${version}`,
  names,
});

const LISTINGS: Readonly<Record<string, Listing>> = {
  stacks: query(
    'cloudformation',
    'DescribeStacks',
    '2010-05-15',
    // LocalStack lists deleted ones too.
    /<StackName>([^<]+)<\/StackName>(?:(?!<StackName>).)*?<StackStatus>(?!DELETE_COMPLETE<)/gs,
  ),
  roles: query('iam', 'ListRoles', '2010-05-08', /<RoleName>([^<]+)<\/RoleName>/g),
  vpcs: query('ec2', 'DescribeVpcs', '2016-11-15', /<vpcId>([^<]+)<\/vpcId>/g),
  alarms: query('monitoring', 'DescribeAlarms', '2010-08-01', /<AlarmName>([^<]+)<\/AlarmName>/g),
  buckets: { service: 's3', path: '/', names: /<Name>([^<]+)<\/Name>/g },
  httpApis: { service: 'apigateway', path: '/v2/apis', names: /"apiId": ?"([^"]+)"/g },
  clusters: json('ecs', 'AmazonEC2ContainerServiceV20141113.ListClusters', /"(arn:[^"]+)"/g),
  tables: json('dynamodb', 'DynamoDB_20120810.ListTables', /"([^"]+)"(?=[,\]])/g),
  parameters: json('ssm', 'AmazonSSM.DescribeParameters', /"Name": ?"([^"]+)"/g),
  secrets: json('secretsmanager', 'secretsmanager.ListSecrets', /"Name": ?"([^"]+)"/g),
  logGroups: json('logs', 'Logs_20140328.DescribeLogGroups', /"logGroupName": ?"([^"]+)"/g),
  namespaces: json(
    'servicediscovery',
    'Route53AutoNaming_v20170314.ListNamespaces',
    /"Id": ?"([^"]+)"/g,
  ),
};

export type Inventory = Record<string, string[]>;

/** The names of everything that a colony's stacks could leave behind, sorted. */
export async function inventory(emulator: Emulator): Promise<Inventory> {
  const lists = Object.entries(LISTINGS).map(
    async ([kind, listing]) => [kind, await namesOf(emulator, listing)] as const,
  );
  return Object.fromEntries(await Promise.all(lists));
}

async function namesOf(emulator: Emulator, listing: Listing): Promise<string[]> {
  const { service, path = '/', target, contentType, form, body, names } = listing;
  const answer = await emulator.request(service, path, {
    ...(contentType && {
      method: 'POST',
      headers: { 'content-type': contentType, ...(target && { 'x-amz-target': target }) },
      body: form ?? JSON.stringify(body),
    }),
  });
  // A service that an emulator does not have holds nothing, whatever a deployment reported.
  if (answer.status === 501) return [];
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} ${target ?? form ?? path}: ${answer.status} ${text}`);
  return [...text.matchAll(names)].map(([, name = '']) => name).sort();
}
