import { execFileSync } from 'node:child_process';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { createSigner } from '../../../services/platform/aws/sigv4.ts';
import { recordsCalls } from './recorded-calls.ts';

/** What a deployment can be tested of, by asking and not by trusting what a deployment reports. */
export interface Abilities {
  /** DynamoDB answers. */
  tables: boolean;
  /** ECS has an API. */
  ecs: boolean;
  /** API Gateway has HTTP APIs. */
  httpApis: boolean;
  /** Its tasks can run: an image is named and a Docker engine answers at DOCKER_HOST. */
  containers: boolean;
  /** It keeps a record of every call, with the key it was signed with. */
  callRecord: boolean;
}

/** The AWS that AWS_ENDPOINT_URL names. */
export class Emulator {
  readonly endpoint: string;
  readonly region: string;
  readonly #keys: { accessKeyId: string; secretAccessKey: string };

  constructor(env = process.env) {
    this.endpoint = required(env, 'AWS_ENDPOINT_URL').replace(/\/$/, '');
    this.region = required(env, 'AWS_REGION');
    this.#keys = {
      accessKeyId: required(env, 'AWS_ACCESS_KEY_ID'),
      secretAccessKey: required(env, 'AWS_SECRET_ACCESS_KEY'),
    };
  }

  /** The address of an HTTP API's default stage, in the form that needs no DNS. */
  httpApiUrl(apiId: string): string {
    return `${this.endpoint}/_aws/execute-api/${apiId}/$default`;
  }

  /** A request to a service of this AWS, signed. */
  async request(
    service: string,
    path: string,
    o: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Response> {
    const { method = 'GET', headers = {}, body } = o;
    const credentials = async () => this.#keys;
    const sign = createSigner({ region: this.region, service, credentials });
    const given = { method, headers, ...(body !== undefined && { body }) };
    const signed = await sign({ ...given, url: new URL(path, this.endpoint) });
    return fetch(signed.url, { ...given, headers: signed.headers });
  }

  /** Whether it is LocalStack; MiniStack answers what that answers, and more. */
  async isLocalStack(): Promise<boolean> {
    const answers = async (path: string) => {
      const signal = AbortSignal.timeout(60_000);
      return (await fetch(`${this.endpoint}${path}`, { signal })).ok;
    };
    return (await answers('/_localstack/health')) && !(await answers('/_ministack/health'));
  }

  async abilities(): Promise<Abilities> {
    const address = { endpoint: this.endpoint, region: this.region, maxAttempts: 1 };
    const ecs = new ECSClient(address);
    const tables = new DynamoDBClient(address);
    try {
      return {
        tables: await succeeds(() => tables.send(new ListTablesCommand({}))),
        ecs: await succeeds(() => ecs.send(new ListClustersCommand({}))),
        httpApis: await succeeds(async () => {
          const answer = await this.request('apigateway', '/v2/apis');
          if (!answer.ok || !('items' in ((await answer.json()) as object)))
            throw new Error('none');
        }),
        containers: await succeeds(async () => {
          required(process.env, 'DOCKER_HOST');
          required(process.env, 'AWS_EMULATOR_IMAGE');
          execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 30_000 });
        }),
        // The calls above are what it should have recorded.
        callRecord: await succeeds(async () => {
          if (!(await recordsCalls(this, this.#keys.accessKeyId))) throw new Error('none');
        }),
      };
    } finally {
      ecs.destroy();
      tables.destroy();
    }
  }
}

/** What is left untested for want of abilities, a line each; empty when nothing is. */
export function untested(abilities: Abilities): string[] {
  const lacking: [keyof Abilities, string][] = [
    ['tables', 'no DynamoDB: no stack is deployed'],
    ['ecs', 'no ECS: services, tasks, starts, recovery, scaling and new versions are not tested'],
    ['httpApis', 'no HTTP APIs: nothing that goes through the API is tested'],
    ['containers', 'no containers (DOCKER_HOST, AWS_EMULATOR_IMAGE): no task runs'],
    ['callRecord', 'no record of calls (LookupEvents): they are not compared with permissions'],
  ];
  return lacking.filter(([ability]) => !abilities[ability]).map(([, what]) => what);
}

async function succeeds(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch {
    return false;
  }
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`${name} is not set; scripts/aws-emulator up prints all that is needed`);
}
