/**
 * `AWS::Serverless::LayerVersion` and `AWS::Lambda::LayerVersion`: a folder that functions share.
 *
 * Its version is always 1: what the folder holds is what the functions get. Building a layer
 * (`BuildMethod`) is refused, and so is content that lies in a bucket.
 */

import { resolve } from "node:path";
import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  stackAndLogicalId,
} from "../../resource-type.ts";
import { any, choice, list, object, required, text } from "../../schema.ts";
import { isFolder } from "../build-entries.ts";
import { assetMembers, contentPlace, folderOf, problemOfFolder } from "./code-place.ts";

const types = {
  serverless: "AWS::Serverless::LayerVersion",
  lambda: "AWS::Lambda::LayerVersion",
} as const;

export const layerTypes: readonly string[] = Object.values(types);

const folder = text({ pattern: /^(?!s3:|https?:)[^\0]+$/, form: "a folder" });
const shared = {
  LayerName: text({ pattern: /^[A-Za-z0-9_-]{1,140}$/, form: "1 to 140 of A-Z a-z 0-9 _ -" }),
  Description: text(),
  CompatibleRuntimes: list(text(), { max: 15 }),
  CompatibleArchitectures: list(choice("x86_64", "arm64"), { max: 2 }),
  LicenseInfo: text(),
};
/** Layers are not built here: no method of building is listed. */
const refusedMethod = text({
  pattern: /(?!)/,
  form: "built here: a layer's folder is what it holds",
});
const frame = { nameProperty: "LayerName", namespace: "layer", ref: versionArn };

export const serverlessLayer = defineResource({
  ...frame,
  type: types.serverless,
  properties: object({
    ...shared,
    ContentUri: required(folder),
    RetentionPolicy: choice("Delete", "Retain"),
  }),
  metadata: object({ "cfn-lint": any() }),
  globals: [],
  defaultName: (_, logicalId) => logicalId,
  attributes: {},
  build(resource, draft) {
    const { properties: given } = resource;
    if (given.RetentionPolicy) draft.noteWithoutEffect("RetentionPolicy");
    addLayer(
      { ...resource, given, at: ["Properties", "ContentUri"], path: given.ContentUri },
      draft,
    );
  },
});

export const lambdaLayer = defineResource({
  ...frame,
  type: types.lambda,
  properties: object({ ...shared, Content: required(contentPlace) }),
  metadata: object({ ...assetMembers, BuildMethod: refusedMethod }, { open: true }),
  defaultName: stackAndLogicalId,
  attributes: { LayerVersionArn: versionArn },
  build(resource, draft) {
    const { properties: given, metadata, report } = resource;
    const found = folderOf("Content", given.Content, metadata);
    if (typeof found === "string") return report(["Properties", "Content"], found);
    addLayer({ ...resource, given, at: found.at, path: found.folder }, draft);
  },
});

interface Given {
  readonly Description?: string;
  readonly CompatibleRuntimes?: readonly string[];
  readonly CompatibleArchitectures?: readonly string[];
  readonly LicenseInfo?: string;
}

interface LayerResource {
  readonly identity: Identity;
  readonly given: Given;
  readonly path: string;
  /** Where the template says it. */
  readonly at: Path;
  report(path: Path, message: string): void;
}

function addLayer({ identity, given, at, path, report }: LayerResource, draft: Draft): void {
  const absolute = resolve(draft.folder, path);
  if (!isFolder(absolute)) {
    report(at, problemOfFolder({ folder: path, path: absolute, at }));
    return;
  }
  if (given.CompatibleArchitectures) draft.noteWithoutEffect("CompatibleArchitectures");
  draft.layers.push({
    name: identity.name,
    folder: absolute,
    description: given.Description,
    compatibleRuntimes: given.CompatibleRuntimes,
    licenseInfo: given.LicenseInfo,
  });
}

function versionArn({ partition, region, accountId, name }: Identity): string {
  return `arn:${partition}:lambda:${region}:${accountId}:layer:${name}:1`;
}
