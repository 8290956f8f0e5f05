/**
 * `AWS::Lambda::Function`: a function without what SAM makes besides, written by hand or by the
 * CDK.
 *
 * Its code is in the template, in a folder as before `aws cloudformation package`, or in the folder
 * that the CDK names in `Metadata` beside a place in S3. Code that is in S3 alone cannot be had.
 */

import { type Draft, defineResource, type Resource } from "../../resource-type.ts";
import { choice, object, required, text, type ValueOf } from "../../schema.ts";
import { iamRoleType } from "../iam/iam-role.ts";
import { tags as tagList } from "../tags.ts";
import { assetMembers, codePlace, folderOf } from "./code-place.ts";
import { buildMembers } from "./function-build.ts";
import type { GivenCode } from "./function-code.ts";
import { keepFunction } from "./function-definition.ts";
import {
  functionArn,
  functionDefaultName,
  functionTypes,
  roleArn,
  sharedMembers,
} from "./function-members.ts";

const properties = object({
  ...sharedMembers,
  Code: required(codePlace),
  Role: required(text()),
  TracingConfig: object({ Mode: choice("Active", "PassThrough") }),
  DeadLetterConfig: object({ TargetArn: text() }),
  Tags: tagList,
});

const metadata = object({ ...buildMembers, ...assetMembers }, { open: true });

type PlainFunction = Resource<ValueOf<typeof properties>, ValueOf<typeof metadata>>;

export const lambdaFunction = defineResource({
  type: functionTypes.plain,
  properties,
  metadata,
  nameProperty: "FunctionName",
  namespace: "function",
  defaultName: functionDefaultName,
  ref: ({ name }) => name,
  attributes: { Arn: functionArn },
  build(resource, draft) {
    const { properties: given, report } = resource;
    if (given.DeadLetterConfig?.TargetArn !== undefined) {
      const advice = "an OnFailure destination of AWS::Lambda::EventInvokeConfig is";
      report(["Properties", "DeadLetterConfig"], `dead letters are not implemented; ${advice}`);
    }
    const tracing = given.TracingConfig?.Mode;
    if (tracing === "Active") draft.noteWithoutEffect("TracingConfig (no traces are kept)");
    if (given.Code.SourceKMSKeyArn !== undefined) draft.noteWithoutEffect("SourceKMSKeyArn");
    const role = readRole(resource, draft);
    const tags = given.Tags && Object.fromEntries(given.Tags.map(({ Key, Value }) => [Key, Value]));
    keepFunction(resource, { code: codeOf(resource), role, tracing, tags }, draft);
  },
});

const atCode = ["Properties", "Code"];

function codeOf({ properties, metadata: given, report }: PlainFunction): GivenCode | undefined {
  const { ZipFile: text, S3Bucket, S3Key } = properties.Code;
  if (text !== undefined) {
    const inS3 = S3Bucket !== undefined || S3Key !== undefined;
    if (inS3) report(atCode, "'ZipFile' does not go with 'S3Bucket' and 'S3Key'");
    return { kind: "inline", text, at: [...atCode, "ZipFile"] };
  }
  const found = folderOf("Code", properties.Code, given);
  if (typeof found === "object") return { kind: "folder", ...found };
  report(atCode, found);
  return undefined;
}

/** What `Ref` of a role gives is a name, which Lambda does not take. */
function readRole({ properties: { Role }, report }: PlainFunction, draft: Draft): string {
  if (roleArn.pattern!.test(Role)) return Role;
  const isName = draft.find([iamRoleType], Role) !== undefined;
  const advice = isName ? ": 'Ref' gives a role's name, 'Fn::GetAtt' of 'Arn' its ARN" : "";
  report(["Properties", "Role"], `'${Role}' is not ${roleArn.form}${advice}`);
  return Role;
}
