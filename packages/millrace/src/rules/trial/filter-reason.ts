/** Why a topic filter does not match a topic, for people. */

import { topicMatches } from "@millrace/mqtt";

/** `undefined` when it does match. Both must be valid. */
export function mismatchReason(filter: string, topic: string): string | undefined {
  if (topicMatches(filter, topic)) return undefined;
  if (topic.startsWith("$") && /^[+#]/.test(filter)) {
    return "a filter that begins with a wildcard does not see topics that begin with $";
  }
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [at, name] of wanted.entries()) {
    const level = levels[at];
    const where = `level ${at + 1}`;
    if (level === undefined) return `the topic ends before ${where}, which is to be "${name}"`;
    if (name !== "+" && name !== level) return `${where} is "${level}", not "${name}"`;
  }
  return `the topic has ${levels.length} levels, the filter ends after ${wanted.length}`;
}
