/**
 * Where plain CloudFormation has the code of functions and layers: a path in the place of the map,
 * as before `aws cloudformation package`, or a place in S3, beside which the CDK names the folder
 * that it has made ready next to the template.
 */

import type { Path } from "../../resource-type.ts";
import { boolean, object, text } from "../../schema.ts";
import { isFile } from "../build-entries.ts";

const members = {
  /** The path in the place of the map. [AWS CLI: cloudformation package] */
  folder: text({ pattern: /^(?!s3:|https?:)[^\0]+$/, form: "a folder" }),
  S3Bucket: text(),
  S3Key: text(),
  S3ObjectVersion: text(),
};
const rules = {
  scalar: (value: string | number | boolean) => ({ folder: String(value) }),
  scalarOnly: ["folder"],
};

/** Of a layer. */
export const contentPlace = object(members, rules);

/** Of a function, whose code may stand in the template, too. */
export const codePlace = object(
  {
    ...members,
    ZipFile: text({ pattern: /[^\s]/, form: "code" }),
    SourceKMSKeyArn: text(),
  },
  rules,
);

/** What the CDK writes into `Metadata`; the path is relative to the template's folder. */
export const assetMembers = {
  "aws:asset:path": text(),
  "aws:asset:is-bundled": boolean(),
  "aws:asset:property": text(),
} as const;

interface GivenPlace {
  readonly folder?: string;
  readonly S3Bucket?: string;
  readonly S3Key?: string;
}

interface GivenAsset {
  readonly "aws:asset:path"?: string;
  readonly "aws:asset:property"?: string;
}

/** The folder and where the template names it; else what is wrong with the property. */
export function folderOf(
  property: "Code" | "Content",
  place: GivenPlace,
  asset: GivenAsset = {},
): { readonly folder: string; readonly at: Path } | string {
  if (place.folder !== undefined) return { folder: place.folder, at: ["Properties", property] };
  if (place.S3Bucket === undefined && place.S3Key === undefined) {
    const or = property === "Code" ? "'ZipFile' is missing, or " : "missing is ";
    return `${or}a path in the place of the map`;
  }
  const { "aws:asset:path": folder, "aws:asset:property": of = property } = asset;
  if (folder !== undefined && of === property)
    return { folder, at: ["Metadata", "aws:asset:path"] };
  return (
    `code in S3 cannot be had here: name its folder as '${property}', as before 'aws ` +
    "cloudformation package', or keep the 'aws:asset:path' that the CDK writes into Metadata"
  );
}

interface MissingFolder {
  /** As it is written. */
  readonly folder: string;
  /** Where it is looked for. */
  readonly path: string;
  readonly at: Path;
}

/** Why there is no such folder. */
export function problemOfFolder({ folder, path, at }: MissingFolder): string {
  if (!isFile(path)) return `there is no folder '${folder}' beside the template`;
  if (at[0] !== "Metadata") {
    return `'${folder}' is a file: unpack it where it is an archive, and name the folder`;
  }
  return (
    `the asset '${folder}' is one file, and no archive is unpacked here: unpack it, and give the ` +
    "CDK the folder, as by Code.fromAsset"
  );
}
