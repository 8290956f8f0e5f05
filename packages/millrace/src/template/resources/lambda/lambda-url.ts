/**
 * `AWS::Lambda::Url`, and what SAM makes of `FunctionUrlConfig`: a function's own address.
 *
 * `Ref` and `GetAtt` give what they give on AWS; where the address is on this machine is told at
 * the start.
 */

import { functionUrlId, type UrlCors, type UrlSettings } from "../../../functions/mod.ts";
import {
  type Draft,
  defineResource,
  type Identity,
  stackAndLogicalId,
} from "../../resource-type.ts";
import {
  boolean,
  choice,
  integer,
  list,
  object,
  required,
  text,
  type ValueOf,
} from "../../schema.ts";
import { urlOf } from "../../serverless.ts";
import { corsHeaderName, reportDefaultPorts } from "../http-api-settings.ts";
import { functionArn, functionTypes } from "./function-members.ts";
import { hasAlias, targetName } from "./function-reference.ts";

export const urlType = "AWS::Lambda::Url";

const cors = object({
  AllowCredentials: boolean(),
  AllowHeaders: list(corsHeaderName),
  AllowMethods: list(choice("GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "*")),
  AllowOrigins: list(text()),
  ExposeHeaders: list(corsHeaderName),
  MaxAge: integer(0, 86_400),
});

const properties = object({
  TargetFunctionArn: required(text()),
  AuthType: required(choice("NONE", "AWS_IAM")),
  Qualifier: text(),
  Cors: cors,
  InvokeMode: choice("BUFFERED", "RESPONSE_STREAM"),
});

export const lambdaUrl = defineResource({
  type: urlType,
  properties,
  nameProperty: "TargetFunctionArn",
  scopeProperty: "Qualifier",
  defaultName: stackAndLogicalId,
  ref: targetArn,
  attributes: { FunctionArn: targetArn, FunctionUrl: addressOnAws },
  build({ identity, properties: given, report }, draft) {
    const target = draft.find(Object.values(functionTypes), given.TargetFunctionArn, ["Arn"]);
    if (!target) {
      const message = `there is no function '${given.TargetFunctionArn}' in this template`;
      report(["Properties", "TargetFunctionArn"], message);
      return;
    }
    const { name: functionName } = target;
    const { Qualifier: qualifier } = given;
    if (qualifier !== undefined && !hasAlias(draft, target, qualifier)) {
      const message = `the function '${functionName}' has no alias '${qualifier}' in this template`;
      report(["Properties", "Qualifier"], message);
      return;
    }
    const owner = { functionName, ...(qualifier !== undefined && { qualifier }) };
    if (
      draft.urls.some((one) => one.functionName === functionName && one.qualifier === qualifier)
    ) {
      const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
      report(["Properties", "TargetFunctionArn"], `'${name}' has a URL already`);
      return;
    }
    reportDefaultPorts(given.Cors?.AllowOrigins, (at, message) => {
      report(["Properties", "Cors", "AllowOrigins", at], message);
    });
    draft.urls.push({ ...owner, settings: readSettings(given) });
    if (given.AuthType === "NONE" && !isOfSam(draft, identity)) noteClosed(draft, owner);
  },
});

/** Whether SAM makes it, with the permission that opens it. */
function isOfSam(draft: Draft, { logicalId }: Identity): boolean {
  const isOwner = (one: Identity) => urlOf(one.logicalId) === logicalId;
  return draft.findWhere([functionTypes.serverless], isOwner) !== undefined;
}

interface Owner {
  readonly functionName: string;
  readonly qualifier?: string;
}

/** What everybody must be let do. [Lambda: Control access to function URLs] */
const openActions = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"];

/** Says, once all permissions are known, that AWS would let nobody in, where that is so. */
function noteClosed(draft: Draft, { functionName, qualifier }: Owner): void {
  draft.atEnd(() => {
    const isOpenTo = (action: string) =>
      draft.permissions.some(
        (one) =>
          one.functionName === functionName &&
          one.qualifier === qualifier &&
          [action, "lambda:*"].includes(one.action) &&
          one.principal === "*" &&
          one.urlAuthType !== "AWS_IAM" &&
          one.sourceArn === undefined &&
          one.sourceAccount === undefined,
      );
    const lacking = openActions.find((action) => !isOpenTo(action));
    if (lacking === undefined) return;
    const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
    draft.note(
      `The URL of '${name}' would let nobody in on AWS: ` +
        `no AWS::Lambda::Permission lets '*' do ${lacking}.`,
    );
  });
}

function readSettings(given: ValueOf<typeof properties>): UrlSettings {
  return {
    signed: given.AuthType === "AWS_IAM",
    streamed: given.InvokeMode === "RESPONSE_STREAM",
    ...(given.Cors && { cors: readCors(given.Cors) }),
  };
}

function readCors(given: ValueOf<typeof cors>): UrlCors {
  return {
    allowOrigins: given.AllowOrigins,
    allowMethods: given.AllowMethods,
    allowHeaders: given.AllowHeaders,
    exposeHeaders: given.ExposeHeaders,
    maxAgeSeconds: given.MaxAge,
    allowCredentials: given.AllowCredentials,
  };
}

function targetArn(identity: Identity): string {
  const { scope } = identity;
  const arn = functionArn({ ...identity, name: targetName(identity) });
  return scope === undefined ? arn : `${arn}:${scope}`;
}

function addressOnAws(identity: Identity): string {
  const { accountId, region, scope: qualifier } = identity;
  const id = functionUrlId({ accountId, region, functionName: targetName(identity), qualifier });
  return `https://${id}.lambda-url.${region}.on.aws/`;
}
