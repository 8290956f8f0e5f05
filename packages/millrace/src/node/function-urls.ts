/** Functions' own addresses: where they are on this node, and who may call those that ask. */

import { signableRequest } from "../aws/mod.ts";
import { type Logger, systemClock, systemRandom } from "../base/mod.ts";
import type { Functions } from "../functions/mod.ts";
import { createFunctionUrlDoor, type FunctionUrlDoor, type UrlQuestion } from "../gateway/mod.ts";
import { evaluate } from "../policy/mod.ts";
import { account } from "./configuration.ts";
import type { Identity } from "./identity.ts";

export interface FunctionAddress {
  readonly functionName: string;
  readonly url: string;
}

/** Browsers take every name below `localhost` for this machine. */
const domain = "localhost";
/** The service that requests to a function's URL are signed for. */
const services = ["lambda"];
const action = "lambda:InvokeFunctionUrl";

export class FunctionAddresses {
  readonly #functions: Pick<Functions, "urls">;
  /** 0 until the edge is open. */
  edgePort = 0;

  constructor(functions: Pick<Functions, "urls">) {
    this.#functions = functions;
  }

  urlOf(id: string): string {
    return `http://${id}.lambda-url.${account.region}.${domain}:${this.edgePort}/`;
  }

  list(): FunctionAddress[] {
    return this.#functions.urls.list().map(({ id, functionName, qualifier }) => ({
      functionName: qualifier === undefined ? functionName : `${functionName}:${qualifier}`,
      url: this.urlOf(id),
    }));
  }
}

export interface FunctionUrlParts {
  readonly identity: Pick<Identity, "identities">;
  readonly functions: Pick<Functions, "urls" | "invoke" | "control">;
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

/** Whoever signed the request and has a policy that lets it call this function's URL. */
function identify({ request, client, body, url }: UrlQuestion, parts: FunctionUrlParts) {
  const { identities } = parts.identity;
  const signable = signableRequest(request);
  const found = identities.authenticate(signable, { body, sourceIp: client.ip, services });
  const logger = parts.loggerOf("gateway");
  const refused = (reason: string) => {
    logger.warn("function URL refused", { function: url.functionName, ip: client.ip, reason });
    return undefined;
  };
  if (!found.ok) return refused(found.problem.code);
  const { caller } = found;
  const arn = parts.functions.control.arnOf(url.functionName);
  const decision = evaluate(caller.policies, {
    action,
    resource: url.qualifier === undefined ? arn : `${arn}:${url.qualifier}`,
    keys: { ...caller.keys, "lambda:FunctionUrlAuthType": "AWS_IAM" },
    principal: caller.principal,
  });
  if (decision.outcome !== "allowed") return refused(`no policy of ${caller.arn} allows ${action}`);
  const { accessKeyId, userId, arn: callerArn } = caller;
  return { accessKeyId, userId, arn: callerArn, accountId: account.accountId };
}
