import { ENVIRONMENT } from '../../../protocol/common/names.ts';
import type { ColonyRecord } from '../../../protocol/record/colony-record.ts';
import type { RegistryEntry } from '../../../protocol/wire/registry-entry.ts';
import { addressFinding } from '../address-finding.ts';
import { type Build, buildOf, colonyFindings, versionsFinding } from '../colony-findings.ts';
import type { ColonyLook } from '../colony-look.ts';
import { type Finding, ok, problem, warning } from '../finding.ts';
import { type DateSample, skewFinding } from '../machine-findings.ts';
import { recordFinding, refusalFinding, registryFinding } from './aws-findings.ts';
import { type Deployment, serviceFinding } from './deployment.ts';

/** Whose credentials there are, or why none are taken; with the time that AWS has, by which they may be refused. */
export type Identity = ({ arn: string } | { error: unknown }) & { date?: DateSample };

/** What is looked at of a colony in AWS; all reject with what the SDK said. */
export interface AwsLook {
  identity(): Promise<Identity>;
  /** undefined: no cluster of this account and region has its backend service. */
  deployment(): Promise<Deployment | undefined>;
  record(tableName: string): Promise<ColonyRecord>;
  registry(): Promise<Record<'coordinators' | 'backends', RegistryEntry[]>>;
  /** Rejects unless the bucket is there and may be listed. */
  bucket(name: string): Promise<void>;
  colony(url: string): Promise<ColonyLook>;
}

export interface AwsPlan {
  colonyName: string;
  region: string;
  /** Of the API. @default the one that coordinators are told */
  url?: string;
  /** Of this command. */
  build: Build;
}

/**
 * All checks of a colony in AWS. Where table, bucket and API are is read from what the tasks of the coordinators
 * are told, so that nothing but the name of the colony has to be known.
 */
export async function awsFindings(plan: AwsPlan, look: AwsLook): Promise<Finding[]> {
  const { colonyName, region } = plan;
  const identity = await look.identity();
  const skew = skewFinding('AWS', identity.date, { signed: true });
  if ('error' in identity) {
    return [refusalFinding('credentials', identity.error, 'sts:GetCallerIdentity'), skew];
  }
  const findings = [ok('credentials', `${identity.arn} in ${region}`), skew];
  const found = await tried('services', ECS_RIGHTS, look.deployment);
  if ('value' in found && found.value === undefined) {
    const says = `no cluster in ${region} has the service ${colonyName}-backend`;
    const remedy =
      'check the name after --aws, the region (--region) and the account; `npx cdk deploy --all` makes it';
    return [...findings, problem('services', says, remedy)];
  }
  const deployment = 'value' in found ? found.value : undefined;
  if (deployment === undefined) {
    if ('refused' in found) findings.push(found.refused);
  } else {
    findings.push(coordinatorFinding(deployment));
    findings.push(serviceFinding('backend service', deployment.backend));
  }
  const told = deployment?.coordinator?.environment;
  findings.push(...(await storeFindings(told, look)));

  const running = deployment?.coordinator?.running ?? 0;
  const registry = await tried('parameters', 'ssm:GetParametersByPath', look.registry);
  const entries = 'value' in registry ? registry.value : { coordinators: [], backends: [] };
  findings.push('value' in registry ? registryFinding(entries, running) : registry.refused);

  const url = plan.url ?? apiUrlOf(told);
  if (url === undefined) return [...findings, unknown('address', 'give --url: the output ApiUrl')];
  return [...findings, ...(await apiFindings(url, plan, entries, look))];
}

/** The one that is never scaled to none. */
function coordinatorFinding({ coordinator }: Deployment): Finding {
  if (coordinator?.desired !== 0) return serviceFinding('coordinator service', coordinator);
  return problem(
    'coordinator service',
    `no task of ${coordinator.name} is wanted, so that nobody answers`,
    'deploy again, or set its desired count to 1',
  );
}

async function storeFindings(
  told: Readonly<Record<string, string>> | undefined,
  look: AwsLook,
): Promise<Finding[]> {
  const table = told?.[ENVIRONMENT.tableName];
  const bucket = told?.[ENVIRONMENT.snapshotBucket];
  const findings: Finding[] = [];
  if (table === undefined) {
    findings.push(unknown('table', 'see what is said of the services'));
  } else {
    const read = await tried('table', 'dynamodb:GetItem', () => look.record(table));
    findings.push('value' in read ? recordFinding(table, read.value) : read.refused);
  }
  if (bucket === undefined) {
    findings.push(unknown('bucket', 'see what is said of the services'));
  } else {
    const listed = await tried('bucket', 's3:ListBucket', () => look.bucket(bucket));
    findings.push('value' in listed ? ok('bucket', `${bucket} is readable`) : listed.refused);
  }
  return findings;
}

async function apiFindings(
  url: string,
  { build }: AwsPlan,
  { coordinators, backends }: Record<'coordinators' | 'backends', RegistryEntry[]>,
  look: AwsLook,
): Promise<Finding[]> {
  const colony = await look.colony(url);
  const address = addressFinding(url, colony);
  if (colony.type !== 'answers') return [address];
  const others = [
    buildOf('the coordinator that answers', colony.version),
    ...coordinators.map((entry) => ({ ...entry, who: `coordinator ${entry.id}` })),
    ...backends.map((entry) => ({ ...entry, who: `backend ${entry.id}` })),
  ];
  return [address, versionsFinding(build, others), ...colonyFindings(colony.view)];
}

const unknown = (check: string, remedy: string): Finding =>
  warning(check, 'it is not known where it is', remedy);

/** The API's own name, of all under which coordinators may be asked. */
function apiUrlOf(told: Readonly<Record<string, string>> | undefined): string | undefined {
  const hosts = told?.[ENVIRONMENT.allowedHosts]?.split(',') ?? [];
  const host = hosts.find((name) => name.includes('.execute-api.'));
  return host === undefined ? undefined : `https://${host}`;
}

const ECS_RIGHTS =
  'ecs:ListClusters, ListServices, DescribeServices, DescribeTaskDefinition, ListTasks and DescribeTasks';

async function tried<T>(
  check: string,
  right: string,
  look: () => Promise<T>,
): Promise<{ value: T } | { refused: Finding }> {
  try {
    return { value: await look() };
  } catch (error) {
    return { refused: refusalFinding(check, error, right) };
  }
}
