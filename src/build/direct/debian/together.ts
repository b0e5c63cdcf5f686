/**
 * All of them, as `Promise.all`, but a failure is thrown only when all have ended: nothing goes on writing to the store
 * behind the back of whoever caught it. The first failure in order is thrown.
 */
export async function together<T>(work: Iterable<Promise<T>>): Promise<T[]> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
