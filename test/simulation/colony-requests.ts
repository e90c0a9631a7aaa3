import type { CoordinatorMember } from './colony-cluster.ts';

/** One `POST /colony-events`. */
export async function injectEvent(
  member: CoordinatorMember,
  key: string,
  request: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const query = new URLSearchParams({ idempotency_key: key });
  const answer = await member.request(`/colony-events?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** The status of one colony-start. */
export async function colonyStart(
  member: CoordinatorMember,
  key: string,
  options: { waitSeconds?: number; body?: object } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const wait = options.waitSeconds === undefined ? '' : `&wait=${options.waitSeconds}`;
  const answer = await member.request(
    `/colony-start?idempotency_key=${encodeURIComponent(key)}${wait}`,
    {
      method: 'POST',
      ...(options.body && {
        body: JSON.stringify(options.body),
        headers: { 'content-type': 'application/json' },
      }),
    },
  );
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
