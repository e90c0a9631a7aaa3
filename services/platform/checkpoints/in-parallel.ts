/**
 * Carries out tasks in their order, at most so many at a time. Once one has failed no further one begins, and
 * those under way are waited for.
 *
 * @throws what the first one to fail threw.
 */
export async function inParallel<T>(
  most: number,
  tasks: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const results: T[] = [];
  const waiting = tasks.entries();
  let isOver = false;
  const work = async () => {
    try {
      for (const [index, task] of waiting) {
        if (isOver) return;
        results[index] = await task();
      }
    } finally {
      isOver = true;
    }
  };
  const workers = Array.from({ length: Math.min(most, tasks.length) }, work);
  const outcomes = await Promise.allSettled(workers);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return results;
}
