/**
 * `AWS::Lambda::Url`, and what SAM makes of `FunctionUrlConfig`: a function's own address.
 *
 * `Ref` and `GetAtt` give what they give on AWS; where the address is on this machine is told at
 * the start. Aliases are made over the API, so `Qualifier` is refused.
 */

import { parseArn } from "../../../aws/mod.ts";
import { functionUrlId, type UrlCors, type UrlSettings } from "../../../functions/mod.ts";
import { defineResource, type Identity, stackAndLogicalId } from "../../resource-type.ts";
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
import { functionArn, functionType } from "./function-schema.ts";

export const urlType = "AWS::Lambda::Url";

const cors = object({
  AllowCredentials: boolean(),
  AllowHeaders: list(text()),
  AllowMethods: list(choice("GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "*")),
  AllowOrigins: list(text()),
  ExposeHeaders: list(text()),
  MaxAge: integer(0, 86_400),
});

const properties = object({
  TargetFunctionArn: required(text()),
  AuthType: required(choice("NONE", "AWS_IAM")),
  Cors: cors,
  InvokeMode: choice("BUFFERED", "RESPONSE_STREAM"),
});

export const lambdaUrl = defineResource({
  type: urlType,
  properties,
  nameProperty: "TargetFunctionArn",
  defaultName: stackAndLogicalId,
  ref: targetArn,
  attributes: { FunctionArn: targetArn, FunctionUrl: addressOnAws },
  build({ properties: given, report }, draft) {
    const target = draft.find([functionType], given.TargetFunctionArn, ["Arn"]);
    if (!target) {
      const message = `there is no function '${given.TargetFunctionArn}' in this template`;
      report(["Properties", "TargetFunctionArn"], message);
      return;
    }
    if (draft.urls.some(({ functionName }) => functionName === target.name)) {
      report(["Properties", "TargetFunctionArn"], `'${target.name}' has a URL already`);
      return;
    }
    draft.urls.push({ functionName: target.name, settings: readSettings(given) });
  },
});

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

/** The target may be a name or an ARN. */
function targetName({ name }: Identity): string {
  return parseArn(name)?.resource.replace(/^function:/, "") ?? name;
}

function targetArn(identity: Identity): string {
  return functionArn({ ...identity, name: targetName(identity) });
}

function addressOnAws(identity: Identity): string {
  const { accountId, region } = identity;
  const id = functionUrlId({ accountId, region, functionName: targetName(identity) });
  return `https://${id}.lambda-url.${region}.on.aws/`;
}
