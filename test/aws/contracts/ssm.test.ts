import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, describe } from 'vitest';
import { createSsmClient, SsmRegistry } from '../../../services/platform/registry/ssm-registry.ts';
import { SSM_PATHS } from '../../../services/protocol/common/names.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { implementations, PATIENT, RUN } from '../../support/aws/second-opinions.ts';
import {
  brokenEntriesContract,
  registryContract,
} from '../../support/contracts/registry-contract.ts';

describe.each(implementations('LocalStack'))('the parameter store at %s', (_name, endpoint) => {
  const client = createSsmClient({ region: 'us-east-1', endpoint, ...PATIENT });
  let colonies = 0;
  const create = async () => {
    const name = `${RUN}-${colonies++}`;
    const log = new MemoryLog();
    return { name, log, registry: new SsmRegistry(client, name, log) };
  };
  afterAll(() => client.destroy());

  registryContract(async () => (await create()).registry);

  const createPlanted: Parameters<typeof brokenEntriesContract>[0] = async () => {
    const { name, log, registry } = await create();
    return {
      registry,
      warnings: () => log.messages('warn'),
      async plant(bootId, text) {
        const Name =
          bootId === 'leader' ? SSM_PATHS.leader(name) : SSM_PATHS.entry(name, 'backends', bootId);
        const parameter = { Name, Value: text, Type: 'String', Overwrite: true } as const;
        await client.send(new PutParameterCommand(parameter));
      },
    };
  };
  brokenEntriesContract(createPlanted, { hasEmptyTexts: false });
});
