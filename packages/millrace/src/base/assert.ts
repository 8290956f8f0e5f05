/** Broken invariants are ours alone: they end the process or the worker, never a request. */

export class InvariantBroken extends Error {
  override name = "InvariantBroken";
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantBroken(message);
}

/** Marks a branch that the types rule out, so that a new variant fails to compile. */
export function unreachable(value: never): never {
  throw new InvariantBroken(`unreachable value ${JSON.stringify(value)}`);
}
