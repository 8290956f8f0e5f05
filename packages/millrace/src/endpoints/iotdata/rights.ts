/** What each operation of the data plane needs leave for. [IoT: policy actions] */

import type { AccountFacts, Need } from "../../identity/mod.ts";
import type { ShadowName } from "../../shadows/mod.ts";
import { arnOf, unknownRight } from "../rights.ts";

export interface Asked {
  readonly operation: string;
  /** The variable part of the path, decoded: a topic, a client id or the name of a thing. */
  readonly label: string;
  readonly query: URLSearchParams;
}

type Right = (asked: Asked, account: AccountFacts) => readonly Need[];

const onClient: Right = ({ operation, label }, account) => [
  { action: `iot:${operation}`, resource: arnOf(account, "iot", `client/${label}`) },
];

const onTopic: Right = ({ operation, label }, account) => [
  { action: `iot:${operation}`, resource: arnOf(account, "iot", `topic/${label}`) },
];

/** Leave for something on a shadow; of a named one `identity/` knows that it has two names. */
export function shadowNeed(
  account: AccountFacts,
  operation: string,
  { thingName, shadowName }: ShadowName,
): Need {
  const action = `iot:${operation}`;
  const thing = arnOf(account, "iot", `thing/${thingName}`);
  return { action, resource: shadowName === undefined ? thing : `${thing}/${shadowName}` };
}

const onShadow: Right = ({ operation, label: thingName, query }, account) => [
  shadowNeed(account, operation, { thingName, shadowName: query.get("name") ?? undefined }),
];

const rights: Readonly<Record<string, Right>> = {
  DeleteConnection: onClient,
  DeleteThingShadow: onShadow,
  GetConnection: onClient,
  GetRetainedMessage: onTopic,
  GetThingShadow: onShadow,
  ListNamedShadowsForThing: ({ operation, label: thingName }, account) => [
    shadowNeed(account, operation, { thingName, shadowName: undefined }),
  ],
  ListRetainedMessages: () => [{ action: "iot:ListRetainedMessages", resource: "*" }],
  ListSubscriptions: onClient,
  Publish(asked, account) {
    const needs = onTopic(asked, account);
    if (["false", null].includes(asked.query.get("retain"))) return needs;
    return [...needs, ...onTopic({ ...asked, operation: "RetainPublish" }, account)];
  },
  SendDirectMessage: onClient,
  UpdateThingShadow: onShadow,
};

/** Whether the operation has an entry. */
export function hasRight(operation: string): boolean {
  return Object.hasOwn(rights, operation);
}

/** What the caller of the operation must be allowed to. */
export function needsOf(asked: Asked, account: AccountFacts): readonly Need[] {
  const right = hasRight(asked.operation) ? rights[asked.operation] : undefined;
  return right ? right(asked, account) : unknownRight("iot", asked.operation);
}
