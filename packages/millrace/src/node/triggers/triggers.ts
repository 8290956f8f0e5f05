/** The triggers of a house: the streams they read, the functions they call, and what they may. */

import { type Clock, errorText, type Logger, type Random, textOf } from "../../base/mod.ts";
import { type Functions, payloadBytesMax } from "../../functions/mod.ts";
import { arnsOf } from "../../identity/mod.ts";
import type { Objects } from "../../objects/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { Tables } from "../../tables/mod.ts";
import type { Application } from "../../template/mod.ts";
import { type CallResult, type TriggerPorts, Triggers } from "../../triggers/mod.ts";
import { placed } from "../problems.ts";
import { createStreamSource } from "./stream-source.ts";
import { TriggerRights, type TriggerRightsOptions } from "./trigger-rights.ts";

export interface HouseTriggersOptions {
  readonly application: Application;
  readonly records: Records;
  readonly tables: Tables;
  readonly functions: Pick<Functions, "invoke" | "has" | "control">;
  readonly objects: Pick<Objects, "write">;
  readonly rights: Omit<TriggerRightsOptions, "functions">;
  readonly clock: Clock;
  readonly random: Random;
  readonly loggerOf: (part: string) => Logger;
}

export function createHouseTriggers(options: HouseTriggersOptions): Triggers {
  const logger = options.loggerOf("triggers");
  return new Triggers({ ...options, logger, ports: portsOf(options) });
}

function portsOf(options: HouseTriggersOptions): TriggerPorts {
  const { functions, tables, objects, rights: given } = options;
  const rights = new TriggerRights({ ...given, functions });
  const arnOf = arnsOf(given.identities.account);
  return {
    streams: createStreamSource(tables),
    payloadBytesMax,
    hasFunction: (name, qualifier) => functions.has(name, qualifier),
    functionArn(name, qualifier) {
      return arnOf("lambda", `function:${name}${qualifier === undefined ? "" : `:${qualifier}`}`);
    },
    async call({ functionName, qualifier, payload }): Promise<CallResult> {
      const result = await functions.invoke(functionName, payload, { qualifier });
      if (!result.found) return { kind: "not-run", reason: "there is no such function" };
      if (result.throttled || result.unavailable) {
        return { kind: "not-run", reason: messageOf(result.payload) };
      }
      return { kind: "answered", ...result };
    },
    streamRefusal: (called, streamArn) => rights.streamRefusal(called, streamArn),
    async bucketProblem(called, bucketName, triggerId) {
      const bucket = options.application.buckets.find(({ name }) => name === bucketName);
      if (!bucket) return `There is no bucket "${bucketName}"`;
      if (bucket.sourceFolder !== undefined) {
        return `The objects of the bucket "${bucketName}" are files of a folder, and not written`;
      }
      const key = `aws/lambda/${triggerId}/shard`;
      const refusal = await rights.storeRefusal(called, bucketName, key);
      if (refusal === undefined) return undefined;
      const denied =
        "The provided execution role does not have permissions to call PutObject on S3";
      return `${denied}: ${refusal}`;
    },
    async keepDiscarded(called, object) {
      const refusal = await rights.storeRefusal(called, object.bucketName, object.key);
      if (refusal !== undefined) throw new Error(refusal);
      const outcome = await objects.write(object);
      if (outcome !== "stored") throw new Error(`the bucket "${object.bucketName}": ${outcome}`);
    },
  };
}

/** What an error that stands in the place of an answer says. */
function messageOf(payload: Uint8Array): string {
  try {
    return String(JSON.parse(textOf(payload)).errorMessage);
  } catch (thrown) {
    return errorText(thrown);
  }
}

/** Brings the triggers of the template up; answers with what is wrong. */
export async function defineTriggers(
  triggers: Triggers,
  application: Application,
): Promise<string[]> {
  const wrong = await triggers.start(application.triggers);
  return [...wrong].map(([id, message]) => placed(application, `trigger:${id}`, message));
}
