/**
 * Messages for one rule alone (Basic Ingest): published on `$aws/rules/<name>[/<rest>]`, they go to
 * that rule and to nobody else. They are neither retained nor delivered, and their first three
 * levels do not count where topics are bounded.
 */

const prefix = "$aws/rules/";

/** Whether a message on the topic is for one rule alone. */
export function isForOneRule(topic: string): boolean {
  return topic.startsWith(prefix);
}

/** The part of the topic that bounds are about; empty when nothing follows the rule's name. */
export function boundedPart(topic: string): string {
  if (!isForOneRule(topic)) return topic;
  const slash = topic.indexOf("/", prefix.length);
  return slash < 0 ? "" : topic.slice(slash + 1);
}
