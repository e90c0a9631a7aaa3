import { Agent } from 'undici';
import { createDynamoClient, ensureTable } from '../../services/platform/aws/dynamo-client.ts';
import { type Env, Processes } from '../cluster/processes.fixture.ts';
import type { History } from './clients/history.ts';
import { processRun } from './processes/process-run.ts';
import { virtualRun } from './virtual/virtual-run.ts';

export const STORES = ['memory', 'local', 'dynamodb'] as const;
export type StoreName = (typeof STORES)[number];

/** Makes histories, one after the other. */
export interface Runs {
  run(o: {
    seed: number;
    clients: number;
    coordinators: number;
    requests: number;
  }): Promise<History>;
  close(): Promise<void>;
}

const TABLE_NAME = 'linearizability';
const REGION = 'us-east-1';

export async function createRuns(store: StoreName): Promise<Runs> {
  if (store === 'memory') return { run: virtualRun, close: async () => {} };
  const processes = new Processes();
  // Each client has a connection of its own: none waits for the answer to another.
  const agent = new Agent({ connections: 256 });
  const close = async () => {
    await processes.close();
    await agent.close();
  };
  try {
    if (store === 'local') await processes.startStore();
    const env: Env = store === 'local' ? {} : await dynamoEnv();
    return { run: (o) => processRun({ ...o, processes, agent, store, env }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function dynamoEnv(): Promise<Env> {
  const endpoint = process.env['DYNAMODB_LOCAL_URL'];
  if (!endpoint) {
    throw new Error('DYNAMODB_LOCAL_URL is not set; scripts/emulators/dynamodb-local up prints it');
  }
  const client = createDynamoClient({ region: REGION, endpoint });
  await ensureTable(client, TABLE_NAME);
  client.destroy();
  return {
    storeEndpoint: undefined,
    dynamoEndpoint: endpoint,
    awsRegion: REGION,
    tableName: TABLE_NAME,
  };
}
