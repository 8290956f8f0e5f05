/**
 * What each operation of Lambda needs leave for. [Service Authorization Reference: Lambda]
 *
 * A function is named with its qualifier where the request has one; what its own policy grants
 * counts as well. Who gives it a role needs `iam:PassRole` for that.
 */

import type { AccountFacts, Need, ResourcePolicies } from "../../identity/mod.ts";
import { arnOf, passRole, textOf } from "../rights.ts";
import { parseFunctionName } from "./function-name.ts";
import { labelOfVersionArn, readLayerLabel } from "./layer-label.ts";

export interface Asked {
  /** As the API calls it, e.g. `Invoke`. */
  readonly operation: string;
  /** Of the function; empty where the path names none. */
  readonly name: string;
  readonly qualifier?: string | undefined;
  readonly body?: Readonly<Record<string, unknown>>;
  /** What the path names besides: of a layer `name`, or `name/versions/3`. */
  readonly label?: string;
  readonly query?: URLSearchParams;
}

export interface RightsHouse {
  readonly account: AccountFacts;
  /** What the function's own policy says. */
  readonly policyOf: (name: string, qualifier: string | undefined) => ResourcePolicies;
  /** The name, with its qualifier, of the function that the event source mapping calls. */
  readonly functionOfMapping: (id: string) => string | undefined;
}

/** Actions that are called otherwise than their operation. */
const actions: Readonly<Record<string, string>> = {
  Invoke: "InvokeFunction",
  InvokeWithResponseStream: "InvokeFunction",
  GetLayerVersionByArn: "GetLayerVersion",
};

/** About no function in particular. */
const unnamed: ReadonlySet<string> = new Set(["GetAccountSettings", "ListFunctions", "ListLayers"]);

/** About a layer, or a version of one. */
const ofLayers: ReadonlySet<string> = new Set([
  "GetLayerVersionByArn",
  "DeleteLayerVersion",
  "GetLayerVersion",
  "ListLayerVersions",
  "PublishLayerVersion",
]);

/** What the caller of the operation must be allowed to. */
export function needsOf(asked: Asked, house: RightsHouse): readonly Need[] {
  const { account, policyOf } = house;
  const { operation, name, qualifier, body = {} } = asked;
  const action = `lambda:${actions[operation] ?? operation}`;
  if (unnamed.has(operation)) return [{ action, resource: "*" }];
  if (operation.includes("EventSourceMapping")) return mappingNeeds(asked, house);
  if (ofLayers.has(operation)) {
    const label = asked.label || labelOfVersionArn(asked.query?.get("Arn") ?? "");
    const { name: layer = "", number } = readLayerLabel(label) ?? {};
    const version = number === undefined ? "" : `:${number}`;
    return [{ action, resource: arnOf(account, "lambda", `layer:${layer}${version}`) }];
  }
  const given = textOf(body.FunctionName); // as an ARN it is the same function
  const named = name || (parseFunctionName(given)?.name ?? given);
  const suffix = qualifier === undefined ? "" : `:${qualifier}`;
  const resource = arnOf(account, "lambda", `function:${named}${suffix}`);
  const role = textOf(body.Role);
  return [
    { action, resource, granted: policyOf(named, qualifier), ...urlKeys(body) },
    ...(role ? [passRole(role, "lambda.amazonaws.com")] : []),
    ...layerNeeds(body.Layers),
  ];
}

/**
 * About a mapping, or none in particular; policies may ask for the function that it calls. Who
 * gives it another function must be allowed to for both.
 */
function mappingNeeds({ operation, name, body = {} }: Asked, house: RightsHouse): Need[] {
  const { account, functionOfMapping } = house;
  const resource = name === "" ? "*" : arnOf(account, "lambda", `event-source-mapping:${name}`);
  const need = { action: `lambda:${operation}`, resource };
  const given = parseFunctionName(textOf(body.FunctionName));
  const suffix = given?.qualifier === undefined ? "" : `:${given.qualifier}`;
  const called = [functionOfMapping(name), given && `${given.name}${suffix}`];
  const arns = called.flatMap((one) => (one ? [arnOf(account, "lambda", `function:${one}`)] : []));
  if (arns.length === 0) return [need];
  return arns.map((arn) => ({ ...need, keys: () => ({ "lambda:FunctionArn": arn }) }));
}

/** Whether a function's URL is, or is to be, open to all. */
function urlKeys({ AuthType, FunctionUrlAuthType }: NonNullable<Asked["body"]>) {
  const type = textOf(AuthType ?? FunctionUrlAuthType);
  return type === "" ? {} : { keys: () => ({ "lambda:FunctionUrlAuthType": type }) };
}

/** Who gives a function layers must be allowed to read them. */
function layerNeeds(layers: unknown): Need[] {
  if (!Array.isArray(layers)) return [];
  return layers.map((arn) => ({ action: "lambda:GetLayerVersion", resource: textOf(arn) }));
}
