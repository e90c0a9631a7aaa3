import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { SSM_PATHS } from '../../protocol/common/names.ts';
import type { RegistryEntry, Role } from '../../protocol/wire/registry-entry.ts';
import { type AwsAddress, awsClientConfig } from '../aws/aws-client.ts';
import type { Log } from '../observability/log.ts';
import type { Registry } from './registry.ts';
import { entryText, RegistryReader } from './registry-values.ts';

/** The parameter store throttles early, so the client adapts its rate to throttling. */
export function createSsmClient(address: AwsAddress): SSMClient {
  return new SSMClient({ ...awsClientConfig(address), maxAttempts: 5, retryMode: 'adaptive' });
}

/** Entries as parameters under `/colony/<name>/`; names.ts has the paths. */
export class SsmRegistry implements Registry {
  readonly #client: SSMClient;
  readonly #colonyName: string;
  readonly #reader: RegistryReader;

  constructor(client: SSMClient, colonyName: string, log: Log) {
    this.#client = client;
    this.#colonyName = colonyName;
    this.#reader = new RegistryReader(log);
  }

  async list(role: Role): Promise<RegistryEntry[]> {
    const path = SSM_PATHS.role(this.#colonyName, role);
    const pages = paginateGetParametersByPath({ client: this.#client }, { Path: path });
    const entries: RegistryEntry[] = [];
    for await (const { Parameters = [] } of pages) {
      for (const { Name = '', Value = '' } of Parameters) {
        const bootId = Name.slice(path.length + 1);
        const entry = this.#reader.read(role, Name, Value, bootId);
        if (entry !== undefined) entries.push(entry);
      }
    }
    return entries;
  }

  async put(role: Role, entry: RegistryEntry): Promise<void> {
    await this.#put(SSM_PATHS.entry(this.#colonyName, role, entry.bootId), entry);
  }

  async has(role: Role, bootId: string): Promise<boolean> {
    return (await this.#get(SSM_PATHS.entry(this.#colonyName, role, bootId))) !== undefined;
  }

  async remove(role: Role, bootId: string): Promise<void> {
    await this.#delete(SSM_PATHS.entry(this.#colonyName, role, bootId));
  }

  async leader(): Promise<RegistryEntry | undefined> {
    const Name = SSM_PATHS.leader(this.#colonyName);
    const text = await this.#get(Name);
    return text === undefined ? undefined : this.#reader.read('leader', Name, text);
  }

  async putLeader(entry: RegistryEntry): Promise<void> {
    await this.#put(SSM_PATHS.leader(this.#colonyName), entry);
  }

  async removeLeader(bootId: string): Promise<void> {
    if ((await this.leader())?.bootId !== bootId) return;
    await this.#delete(SSM_PATHS.leader(this.#colonyName));
  }

  async #get(Name: string): Promise<string | undefined> {
    const found = await this.#client
      .send(new GetParameterCommand({ Name }))
      .catch(absentAsUndefined);
    return found?.Parameter?.Value;
  }

  async #delete(Name: string): Promise<void> {
    await this.#client.send(new DeleteParameterCommand({ Name })).catch(absentAsUndefined);
  }

  async #put(name: string, entry: RegistryEntry): Promise<void> {
    await this.#client.send(
      new PutParameterCommand({
        Name: name,
        Value: entryText(entry),
        Type: 'String',
        Overwrite: true,
      }),
    );
  }
}

function absentAsUndefined(error: unknown): undefined {
  if (!(error instanceof ParameterNotFound)) throw error;
}
