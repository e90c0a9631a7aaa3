import { z } from 'zod';

/** What the store's process is told, by environment. */
export interface StoreSettings {
  folder: string;
  /** 0: any; a store that is started again gets the port it had. */
  port: number;
  tableName: string;
  region: string;
}

/** What it tells the launcher. */
export const storeReportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), port: z.int().min(1).max(65_535) }),
  z.object({ type: z.literal('locked') }),
]);
export type StoreReport = z.infer<typeof storeReportSchema>;

const NAME = 'COLONY_STORE_SETTINGS';

export function writeStoreSettings(settings: StoreSettings): NodeJS.ProcessEnv {
  return { [NAME]: JSON.stringify(settings) };
}

export function readStoreSettings(env: NodeJS.ProcessEnv): StoreSettings {
  const text = env[NAME];
  if (text === undefined) throw new Error(`${NAME} is not set: colony local starts this process`);
  return JSON.parse(text);
}
