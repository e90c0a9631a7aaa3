import type { Emulator } from './emulator.ts';

/** What became of the stacks' resources at an emulator, by its own events: counts by type. */
export interface Coverage {
  made: Record<string, number>;
  /** Reported as made, and not there. */
  skipped: Record<string, number>;
}

/** What the free edition of LocalStack says of a type that it has not. */
const SKIPPED = /is not supported/;

/** What that edition (4.13.1) lacks of the types of the stacks; any other that it skips is a finding. */
export const LOCALSTACK_LACKS: readonly string[] = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Dashboard',
  'AWS::ECS::Cluster',
  'AWS::ECS::Service',
  'AWS::ECS::TaskDefinition',
  'AWS::ServiceDiscovery::PrivateDnsNamespace',
  'AWS::ServiceDiscovery::Service',
];

/** @param stackNames of stacks that were just created */
export async function coverageOf(
  emulator: Emulator,
  stackNames: readonly string[],
): Promise<Coverage> {
  const coverage: Coverage = { made: {}, skipped: {} };
  for (const name of stackNames) {
    const answer = await emulator.request('cloudformation', '/', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `Action=DescribeStackEvents&Version=2010-05-15&StackName=${name}`,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`DescribeStackEvents of ${name}: ${answer.status} ${text}`);
    for (const [, event = ''] of text.matchAll(/<member>(.*?)<\/member>/gs)) count(event, coverage);
  }
  return coverage;
}

function count(event: string, { made, skipped }: Coverage): void {
  const [, type = ''] = /<ResourceType>(.*?)<\/ResourceType>/.exec(event) ?? [];
  if (!event.includes('<ResourceStatus>CREATE_COMPLETE<') || type === 'AWS::CloudFormation::Stack')
    return;
  const counts = SKIPPED.test(event) ? skipped : made;
  counts[type] = (counts[type] ?? 0) + 1;
}

/** For the output of a run. */
export function describeCoverage({ made, skipped }: Coverage): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, number]) => `  ${String(number).padStart(3)} ${type}`);
  const missing = list(skipped);
  return [
    'Deployed:',
    ...list(made),
    missing.length > 0 ? 'NOT there, although the deployment reports them as made:' : 'All of it.',
    ...missing,
  ].join('\n');
}
