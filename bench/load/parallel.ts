/** Many things, some of them at once. */

/** Does `work` for each item, `atOnce` of them at a time; rejects with the first failure. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      next += 1;
      await work(items[next - 1]!);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
