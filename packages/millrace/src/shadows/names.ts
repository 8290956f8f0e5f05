/**
 * How shadows are called: by their thing, and by a name of their own unless it is the thing's
 * classic one. From there to topics and back. [guide: Device Shadow MQTT topics]
 *
 * A thing need not be in the registry: deleting a thing leaves its shadows, and messages on the
 * topics of a name that was never registered make them.
 */

import { shadowLimits } from "./limits.ts";

export interface ShadowName {
  readonly thingName: string;
  /** `undefined`: the classic shadow. */
  readonly shadowName: string | undefined;
}

export type Operation = "get" | "update" | "delete";

const { thingNameCharactersMax, shadowNameCharactersMax } = shadowLimits;
const thing = `[a-zA-Z0-9:_-]{1,${thingNameCharactersMax}}`;
const shadow = `[$a-zA-Z0-9:_-]{1,${shadowNameCharactersMax}}`;
const request = new RegExp(
  `^\\$aws/things/(${thing})/shadow(?:/name/(${shadow}))?/(get|update|delete)$`,
);
const wholeThing = new RegExp(`^${thing}$`);
const wholeShadow = new RegExp(`^${shadow}$`);

export function isThingName(name: string): boolean {
  return wholeThing.test(name);
}

export function isShadowName(name: string): boolean {
  return wholeShadow.test(name);
}

/** What a message on the topic asks for; `undefined` when it is none of these topics. */
export function requestOn(topic: string): { name: ShadowName; operation: Operation } | undefined {
  if (!topic.startsWith("$aws/things/")) return undefined;
  const [, thingName, shadowName, operation] = request.exec(topic) ?? [];
  if (thingName === undefined) return undefined;
  return { name: { thingName, shadowName }, operation: operation as Operation };
}

/** Whether clients may publish on the topic, to ask something of a shadow. */
export function isShadowRequest(topic: string): boolean {
  return requestOn(topic) !== undefined;
}

/** The topic of an answer, e.g. of `update/accepted`. */
export function answerTopic({ thingName, shadowName }: ShadowName, answer: string): string {
  const named = shadowName === undefined ? "" : `/name/${shadowName}`;
  return `$aws/things/${thingName}/shadow${named}/${answer}`;
}
