/**
 * Functions' own addresses: where they are on this node, for callers and for debuggers, and who may
 * call those that ask.
 */

import { type Logger, systemClock, systemRandom } from "../../base/mod.ts";
import type { Functions, Inspector } from "../../functions/mod.ts";
import {
  createFunctionUrlDoor,
  type FunctionUrlDoor,
  type UrlQuestion,
} from "../../gateway/mod.ts";
import { account } from "../configuration.ts";
import type { FunctionPolicies } from "../identity/function-policies.ts";
import type { Identity } from "../identity/identity.ts";

export interface FunctionAddress {
  readonly functionName: string;
  readonly url: string;
}

/** Browsers take every name below `localhost` for this machine. */
const domain = "localhost";
/** The service that requests to a function's URL are signed for. */
const services = ["lambda"];
/** What a caller needs leave for, both. [Lambda: Control access to function URLs] */
const needed: readonly { action: string; keys: Readonly<Record<string, string>> }[] = [
  { action: "lambda:InvokeFunctionUrl", keys: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
  { action: "lambda:InvokeFunction", keys: { "lambda:InvokedViaFunctionUrl": "true" } },
];

export class FunctionAddresses {
  readonly #functions: Pick<Functions, "urls" | "inspectors">;
  /** 0 until the edge is open. */
  edgePort = 0;

  constructor(functions: Pick<Functions, "urls" | "inspectors">) {
    this.#functions = functions;
  }

  urlOf(id: string): string {
    return `http://${id}.lambda-url.${account.region}.${domain}:${this.edgePort}/`;
  }

  /** Where debuggers find functions, where that is on. */
  inspectors(): readonly Inspector[] {
    return this.#functions.inspectors();
  }

  list(): FunctionAddress[] {
    return this.#functions.urls.list().map(({ id, functionName, qualifier }) => ({
      functionName: qualifier === undefined ? functionName : `${functionName}:${qualifier}`,
      url: this.urlOf(id),
    }));
  }
}

export interface FunctionUrlParts {
  readonly identity: Pick<Identity, "identities" | "apiAccess">;
  readonly functions: Pick<Functions, "urls" | "invoke" | "control">;
  readonly policies: Pick<FunctionPolicies, "of">;
  readonly loggerOf: (part: string) => Logger;
}

export function createFunctionUrls(parts: FunctionUrlParts): FunctionUrlDoor {
  const { functions, loggerOf } = parts;
  return createFunctionUrlDoor({
    find: (id) => functions.urls.find(id),
    invoke: functions.invoke,
    identify: (question) => identify(question, parts),
    clock: systemClock,
    random: systemRandom,
    logger: loggerOf("gateway"),
  });
}

/** Whoever signed the request and may call this URL, by a policy of its own or of the function. */
function identify({ request, body, url }: UrlQuestion, parts: FunctionUrlParts) {
  const { identities, apiAccess } = parts.identity;
  const { functionName, qualifier } = url;
  const { client } = request;
  const found = identities.authenticate(request, { body, sourceIp: client.ip, services });
  if (!found.ok) {
    const fields = { function: functionName, ip: client.ip, reason: found.problem.code };
    parts.loggerOf("gateway").warn("function URL refused", fields);
    return undefined;
  }
  const { caller } = found;
  const arn = parts.functions.control.arnOf(functionName);
  const resource = qualifier === undefined ? arn : `${arn}:${qualifier}`;
  const granted = parts.policies.of(functionName, qualifier);
  const needs = needed.map(({ action, keys }) => ({ action, resource, granted, keys: () => keys }));
  if (apiAccess.refusal({ caller, via: "api" }, needs) !== undefined) return undefined;
  const { accessKeyId, userId, arn: callerArn } = caller;
  return { accessKeyId, userId, arn: callerArn, accountId: account.accountId };
}
