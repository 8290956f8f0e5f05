/**
 * Topic names and topic filters (4.7): what is valid, and which filter matches which name.
 *
 * Levels are what stands between slashes, empty ones included; nothing is normalized
 * [MQTT-4.7.3-4] [MQTT5-4.7.3-4]. Shared subscriptions (`$share/...`, MQTT 5) are not known here.
 */

import { fieldBytesMax } from "./limits.ts";
import { textByteLength } from "./text.ts";

/** What is wrong with `topic` as a topic name; undefined when it is valid. */
export function topicNameProblem(topic: string): string | undefined {
  if (holdsWildcard(topic)) return "it holds a wildcard"; // [MQTT-4.7.1-1] [MQTT5-4.7.0-1]
  return textProblem(topic);
}

/** Whether `topic` has a character that only filters may have. */
export function holdsWildcard(topic: string): boolean {
  return topic.includes("+") || topic.includes("#");
}

/** What is wrong with `filter` as a topic filter; undefined when it is valid. */
export function topicFilterProblem(filter: string): string | undefined {
  for (let at = 0; at < filter.length; at++) {
    const character = filter[at];
    if (character !== "+" && character !== "#") continue;
    const startsLevel = at === 0 || filter[at - 1] === "/";
    if (character === "#" && !(startsLevel && at === filter.length - 1)) {
      return '"#" is not alone in the last level'; // [MQTT-4.7.1-2] [MQTT5-4.7.1-1]
    }
    if (character === "+" && !(startsLevel && (filter[at + 1] ?? "/") === "/")) {
      return '"+" is not alone in its level'; // [MQTT-4.7.1-3] [MQTT5-4.7.1-2]
    }
  }
  return textProblem(filter);
}

/** Whether a valid `filter` matches a valid `topic`. */
export function topicMatches(filter: string, topic: string): boolean {
  if (topic[0] === "$" && filter[0] !== "$") return false; // [MQTT-4.7.2-1] [MQTT5-4.7.2-1]
  let at = 0;
  for (let index = 0; index < filter.length; index++) {
    const character = filter[index];
    if (character === "#") return true;
    if (character === "+") {
      while (at < topic.length && topic[at] !== "/") at += 1;
      continue;
    }
    // `sport/#` also matches its parent, `sport` (4.7.1.2)
    if (at === topic.length) return index === filter.length - 2 && filter.endsWith("/#");
    if (character !== topic[at]) return false;
    at += 1;
  }
  return at === topic.length;
}

function textProblem(text: string): string | undefined {
  if (text === "") return "it is empty"; // [MQTT-4.7.3-1] [MQTT5-4.7.3-1]
  if (text.includes("\0")) return "it holds the character U+0000"; // [MQTT-4.7.3-2] [MQTT5-4.7.3-2]
  if (!text.isWellFormed()) return "it holds half of a surrogate pair"; // [MQTT-1.5.3-1]
  const byteCount = textByteLength(text);
  if (byteCount <= fieldBytesMax) return undefined; // [MQTT-4.7.3-3] [MQTT5-4.7.3-3]
  return `it has ${byteCount} bytes of at most ${fieldBytesMax}`;
}
