/** An operation's function bears its name, with a small letter first. */

/** As it is spelled on the wire, e.g. `GetTopicRule`. */
export function operationName(operation: (...given: never[]) => unknown): string {
  return operation.name.charAt(0).toUpperCase() + operation.name.slice(1);
}
