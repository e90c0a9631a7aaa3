import { z } from 'zod';
import { LOG_LEVELS } from '../platform/observability/pino-log.ts';
import { parseJson } from '../protocol/common/json.ts';

/** What the store's process is told, by environment. */
const storeSettingsSchema = z.strictObject({
  dataDir: z.string().min(1),
  /** 0: any; a store that is started again gets the port it had. */
  port: z.int().min(0).max(65_535),
  /** Whether it may begin anew where there is no store: only the first one of a launch. */
  mayMake: z.boolean(),
  /** Signs the calls of this launch. */
  secret: z.string().min(16),
  logLevel: z.enum(LOG_LEVELS),
});
export type StoreSettings = z.infer<typeof storeSettingsSchema>;

/** What it tells the launcher. */
export const storeReportSchema = z.discriminatedUnion('type', [
  /** It is being looked at before it is opened: this takes longer the older it is. */
  z.object({ type: z.literal('looking'), entries: z.int().min(0) }),
  /** It can be used. Comes again after each trouble. */
  z.object({ type: z.literal('ready'), port: z.int().min(1).max(65_535) }),
  /** It cannot be used, in words. */
  z.object({ type: z.literal('trouble'), message: z.string() }),
]);
export type StoreReport = z.infer<typeof storeReportSchema>;

const NAME = 'COLONY_STORE_SETTINGS';

export function writeStoreSettings(settings: StoreSettings): NodeJS.ProcessEnv {
  return { [NAME]: JSON.stringify(settings) };
}

export function readStoreSettings(env: NodeJS.ProcessEnv): StoreSettings {
  const settings = storeSettingsSchema.safeParse(parseJson(env[NAME] ?? '')).data;
  if (settings === undefined) {
    throw new Error(`${NAME} is not set or not valid: colony local starts this process`);
  }
  return settings;
}
