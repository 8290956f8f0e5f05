/**
 * `AWS::Lambda::Permission`: who may invoke a function. A topic rule needs one for each function it
 * invokes.
 */

import { defineResource, stackAndLogicalId } from "../../resource-type.ts";
import { boolean, choice, object, required, text } from "../../schema.ts";
import { findFunction } from "./function-reference.ts";

const urlAction = "lambda:InvokeFunctionUrl";

export const lambdaPermission = defineResource({
  type: "AWS::Lambda::Permission",
  properties: object({
    FunctionName: required(text()),
    Action: required(
      text({ pattern: /^lambda:(\*|[A-Za-z]+)$/, form: "an action like lambda:InvokeFunction" }),
    ),
    Principal: required(text()),
    SourceArn: text({ pattern: /^arn:.+$/, form: "an ARN" }),
    FunctionUrlAuthType: choice("NONE", "AWS_IAM"),
    /** With it, calls that come through the function's own address alone. */
    InvokedViaFunctionUrl: boolean(),
    SourceAccount: text({ pattern: /^\d{12}$/, form: "an account of 12 digits" }),
  }),
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build({ properties: given, report }, draft) {
    const target = findFunction(draft, given.FunctionName);
    if (typeof target === "string") {
      report(["Properties", "FunctionName"], target);
      return;
    }
    if (given.FunctionUrlAuthType && given.Action !== urlAction) {
      const message = `a kind of URL goes with the action ${urlAction} alone`;
      report(["Properties", "FunctionUrlAuthType"], message);
    }
    draft.permissions.push({
      functionName: target.identity.name,
      ...(target.qualifier !== undefined && { qualifier: target.qualifier }),
      action: given.Action,
      principal: given.Principal,
      ...(given.SourceArn !== undefined && { sourceArn: given.SourceArn }),
      ...(given.FunctionUrlAuthType && { urlAuthType: given.FunctionUrlAuthType }),
      ...(given.InvokedViaFunctionUrl && { viaUrl: true }),
      ...(given.SourceAccount !== undefined && { sourceAccount: given.SourceAccount }),
    });
  },
});
