/** Why a server did not answer: fetch hides the reason in a chain of causes. */
export function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `no answer in ${timeoutMs / 1000} s`;
  }
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  if (cause?.code === 'ECONNRESET' || cause?.code === 'UND_ERR_SOCKET') {
    return 'the connection broke off (has its process ended?)';
  }
  if (cause?.code === 'ECONNREFUSED') return 'nothing listens there (is the colony running?)';
  return cause?.code ?? (error instanceof Error ? error.message : String(error));
}
