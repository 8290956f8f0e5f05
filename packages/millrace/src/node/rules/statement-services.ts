/**
 * The services that statements of rules may ask: functions, tables, the registry of things, and
 * shadows. What is not here (secrets) is refused by name when a rule is loaded.
 */

import { type Clock, textOf } from "../../base/mod.ts";
import { readThing } from "../../endpoints/mod.ts";
import type { Functions } from "../../functions/mod.ts";
import { type Devices, functionNameOf } from "../../identity/mod.ts";
import { isShadowName, isThingName, type Shadows } from "../../shadows/mod.ts";
import { type ExternalServices, isNumber, numberText, type Value } from "../../sql/mod.ts";
import type { Tables } from "../../tables/mod.ts";
import { itemJson } from "./item-json.ts";

/** What AWS gives a function that a statement calls; the publisher waits as long. */
const invokeMsMax = 2_000;

/** Each rejects with the reason why it has no answer. */
export function createStatementServices(parts: {
  readonly functions: Functions;
  readonly tables: Tables;
  readonly devices: Devices;
  readonly shadows: Pick<Shadows, "get">;
  readonly clock: Clock;
}): ExternalServices {
  const { functions, tables, devices, shadows, clock } = parts;
  return {
    async invoke(functionArn, event) {
      const { name, qualifier } = functionAsked(functionArn);
      const result = await inTime(functions.invoke(name, event, { qualifier }), clock);
      const shown = qualifier === undefined ? name : `${name}:${qualifier}`;
      if (!result.found) throw new Error(`there is no function "${shown}"`);
      const answer = textOf(result.payload);
      if (result.throttled || result.functionError) throw new Error(answer);
      return answer;
    },
    async readItem({ tableName, key }) {
      const Key = Object.fromEntries(key.map(({ name, value }) => [name, keyAttribute(value)]));
      const result = await tables.call("GetItem", { TableName: tableName, Key });
      if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
      const item = result.value.Item;
      return item && itemJson(item);
    },
    async readShadow({ thingName, shadowName }) {
      if (!isThingName(thingName)) throw new Error(`"${thingName}" is no name of a thing`);
      if (shadowName !== undefined && !isShadowName(shadowName)) {
        throw new Error(`"${shadowName}" is no name of a shadow`);
      }
      const result = await shadows.get({ thingName, shadowName });
      if (!result.ok) throw new Error(result.problem.message);
      return result.document;
    },
    async readRegistry({ operation, thingName }) {
      const answer = readThing(devices, operation, thingName);
      if (!answer) throw new Error(`there is no thing "${thingName}"`);
      return JSON.stringify(answer);
    },
  };
}

/** The name in the ARN, and the version or alias behind it; throws where it is none. */
export function functionAsked(functionArn: string): { name: string; qualifier?: string } {
  const found = functionNameOf(functionArn);
  if (!found) throw new Error(`"${functionArn}" names no function`);
  return found.qualifier === "$LATEST" ? { name: found.name } : found;
}

/** The function runs to its end all the same; nobody waits for it any more. */
async function inTime<T>(answer: Promise<T>, clock: Clock): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = clock.after(invokeMsMax, () => {
    late.reject(new Error(`there was no answer within ${invokeMsMax} ms`));
  });
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    timer.cancel();
  }
}

function keyAttribute(value: Value): { S: string } | { N: string } {
  if (typeof value === "string") return { S: value };
  if (isNumber(value)) return { N: numberText(value, "2016-03-23") };
  throw new Error("a key is a text or a number");
}
