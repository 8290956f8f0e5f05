/**
 * `AWS::Lambda::Function`: a function without what SAM makes besides, written by hand or by the
 * CDK.
 *
 * Its code is in the template, in a folder as before `aws cloudformation package`, or in the folder
 * that the CDK names in `Metadata` beside a place in S3. Code that is in S3 alone cannot be had.
 */

import { type Draft, defineResource, type Path, type Resource } from "../../resource-type.ts";
import { boolean, choice, list, object, required, text, type ValueOf } from "../../schema.ts";
import { iamRoleType } from "../iam-role.ts";
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

const code = object(
  {
    /** A path in the place of the map. [AWS CLI: cloudformation package] */
    folder: text({ pattern: /^(?!s3:|https?:)[^\0]+$/, form: "a folder" }),
    ZipFile: text({ pattern: /[^\s]/, form: "code" }),
    S3Bucket: text(),
    S3Key: text(),
    S3ObjectVersion: text(),
    SourceKMSKeyArn: text(),
  },
  { scalar: (value) => ({ folder: String(value) }), scalarOnly: ["folder"] },
);

const properties = object({
  ...sharedMembers,
  Code: required(code),
  Role: required(text()),
  TracingConfig: object({ Mode: choice("Active", "PassThrough") }),
  DeadLetterConfig: object({ TargetArn: text() }),
  Tags: list(object({ Key: required(text()), Value: required(text()) })),
});

const metadata = object(
  {
    ...buildMembers,
    /** Relative to the folder of the template. [CDK: asset metadata] */
    "aws:asset:path": text(),
    "aws:asset:is-bundled": boolean(),
    "aws:asset:property": text(),
  },
  { open: true },
);

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

function codeOf(resource: PlainFunction): GivenCode | undefined {
  const { report, properties } = resource;
  const { folder, ZipFile: inline, S3Bucket, S3Key } = properties.Code;
  const inS3 = S3Bucket !== undefined || S3Key !== undefined;
  if (folder !== undefined) return { kind: "folder", folder, at: atCode };
  if (inline !== undefined) {
    if (inS3) report(atCode, "'ZipFile' does not go with 'S3Bucket' and 'S3Key'");
    return { kind: "inline", text: inline, at: [...atCode, "ZipFile"] };
  }
  const asset = assetOf(resource);
  if (asset !== undefined && inS3) return asset;
  report(atCode, inS3 ? codeInS3 : "'ZipFile' is missing, or a folder in the place of the map");
  return undefined;
}

const codeInS3 =
  "code in S3 cannot be had here: name its folder as 'Code', as before 'aws cloudformation " +
  "package', or keep the 'aws:asset:path' that the CDK writes into Metadata";

/** What the CDK has made ready beside the template. */
function assetOf({ metadata: given }: PlainFunction): GivenCode | undefined {
  const folder = given?.["aws:asset:path"];
  const isCode = (given?.["aws:asset:property"] ?? "Code") === "Code";
  if (folder === undefined || !isCode) return undefined;
  const at: Path = ["Metadata", "aws:asset:path"];
  return { kind: "folder", folder, at };
}

/** What `Ref` of a role gives is a name, which Lambda does not take. */
function readRole({ properties: { Role }, report }: PlainFunction, draft: Draft): string {
  if (roleArn.pattern!.test(Role)) return Role;
  const isName = draft.find([iamRoleType], Role) !== undefined;
  const advice = isName ? ": 'Ref' gives a role's name, 'Fn::GetAtt' of 'Arn' its ARN" : "";
  report(["Properties", "Role"], `'${Role}' is not ${roleArn.form}${advice}`);
  return Role;
}
