/** Lambda AddPermission: whom the function's own policy lets use it. */

import type { PolicyStatement } from "../../functions/mod.ts";
import { parsePolicyDocument } from "../../policy/mod.ts";
import { invalidParameter, refusalOf } from "./answers.ts";
import { type Constraints, checkConstraints } from "./constraints.ts";
import { type Body, type ControlCall, done, no, type Route } from "./operation.ts";

const constraints: Constraints = {
  StatementId: { required: true, pattern: "([a-zA-Z0-9-_]+)", lengthMax: 100 },
  Action: { required: true, pattern: "(lambda:[*]|lambda:[a-zA-Z]+|[*])" },
  Principal: { required: true, pattern: "[^\\s]+" },
  SourceArn: {
    pattern:
      "arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)",
  },
  SourceAccount: { pattern: "\\d{12}" },
  FunctionUrlAuthType: { oneOf: ["NONE", "AWS_IAM"] },
};

const urlAction = "lambda:InvokeFunctionUrl";
const noPrincipal = "The provided principal was invalid. Please check the principal and try again.";

export const addPermission: Route = {
  operation: "AddPermission",
  method: "POST",
  path: /^\/2015-03-31\/functions\/([^/]+)\/policy$/,
  query: ["Qualifier"],
  members: {
    StatementId: "string",
    Action: "string",
    Principal: "string",
    SourceArn: "string",
    SourceAccount: "string",
    FunctionUrlAuthType: "string",
    InvokedViaFunctionUrl: "boolean",
    RevisionId: "string",
  },
  perform,
};

async function perform({ functions, name, qualifier, body }: ControlCall) {
  const problem = checkConstraints(body, constraints);
  if (problem) return problem;
  // As users of AWS report; its documentation is silent (RJPearson94/terraform-aws-open-next, 73).
  if (body.FunctionUrlAuthType !== undefined && body.Action !== urlAction) {
    return no(invalidParameter(`FunctionUrlAuthType is only supported for ${urlAction} action`));
  }
  const arn = functions.control.arnOf(name);
  const statement: PolicyStatement = {
    Sid: String(body.StatementId),
    Effect: "Allow",
    Principal: principalOf(String(body.Principal)),
    Action: String(body.Action),
    Resource: qualifier === undefined ? arn : `${arn}:${qualifier}`,
    ...conditionOf(body),
  };
  const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement: statement }, "resource");
  if (!parsed.ok) {
    const { message, path } = parsed.problems[0]!;
    const isOfPrincipal = path.includes("Principal");
    return no(invalidParameter(isOfPrincipal ? noPrincipal : message));
  }
  const at = qualifier ?? "$LATEST";
  const error = await functions.settings.addPermission(name, at, {
    ...statement,
    revisionId: body.RevisionId as string | undefined,
  });
  return error ? no(refusalOf(error)) : done(201, { Statement: JSON.stringify(statement) });
}

function principalOf(principal: string): unknown {
  if (principal === "*") return "*";
  if (principal.endsWith(".amazonaws.com")) return { Service: principal };
  return { AWS: /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal };
}

function conditionOf(body: Body) {
  const { SourceArn, SourceAccount, FunctionUrlAuthType: urlAuthType } = body;
  const equals = {
    ...(SourceAccount !== undefined && { "AWS:SourceAccount": SourceAccount }),
    ...(urlAuthType !== undefined && { "lambda:FunctionUrlAuthType": urlAuthType }),
  };
  const condition = {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(body.InvokedViaFunctionUrl === true && {
      Bool: { "lambda:InvokedViaFunctionUrl": "true" },
    }),
    ...(SourceArn !== undefined && { ArnLike: { "AWS:SourceArn": SourceArn } }),
  };
  return Object.keys(condition).length > 0 ? { Condition: condition } : {};
}
