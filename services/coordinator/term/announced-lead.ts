import type { Log } from '../../platform/observability/log.ts';
import type { Registry } from '../../platform/registry/registry.ts';

export interface Announced {
  registry: Pick<Registry, 'putLeader' | 'removeLeader'>;
  /** The coordinator that leads. */
  entry: Parameters<Registry['putLeader']>[0];
  log: Log;
}

/**
 * Leads, and lets others find the leader meanwhile. An entry that cannot be written does no harm: it only helps.
 *
 * @param end aborted when the process is to end.
 */
export async function announcedLead(
  { registry, entry, log }: Announced,
  lead: () => Promise<unknown>,
  end: AbortSignal,
): Promise<void> {
  const announce = registry
    .putLeader(entry)
    .catch((err: unknown) => log.warn({ err }, 'the leader could not be announced'));
  await lead();
  await announce;
  // Before the lead is resigned: no other leader has announced itself yet.
  if (!end.aborted) return;
  await registry
    .removeLeader(entry.bootId)
    .catch((err: unknown) => log.warn({ err }, "the leader's entry could not be removed"));
}
