/**
 * `AWS::S3::Bucket`, whose objects come from a folder next to the template: `Metadata.Content`
 * names it, and `BuildMethod: esbuild` bundles modules in it for the browser.
 */

import { resolve } from "node:path";
import type { BucketBuild } from "../../objects/mod.ts";
import { defineResource, type Resource, stackAndLogicalId } from "../resource-type.ts";
import { boolean, choice, list, object, required, text, type ValueOf } from "../schema.ts";
import { findEntryPoints, isFolder } from "./build-entries.ts";
import { noteTags, tags } from "./tags.ts";

export const bucketType = "AWS::S3::Bucket";

const properties = object({
  BucketName: text({
    pattern: /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    form: "a bucket name: 3 to 63 of a-z 0-9 . -",
  }),
  PublicAccessBlockConfiguration: object({
    BlockPublicAcls: boolean(),
    BlockPublicPolicy: boolean(),
    IgnorePublicAcls: boolean(),
    RestrictPublicBuckets: boolean(),
  }),
  Tags: tags,
  OwnershipControls: object({
    Rules: required(
      list(
        object({
          ObjectOwnership: choice("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
        }),
        { min: 1 },
      ),
    ),
  }),
});

const metadata = object(
  {
    Content: text(),
    BuildMethod: choice("esbuild"),
    BuildProperties: object({
      EntryPoints: required(list(text(), { min: 1 })),
      Minify: boolean(),
      Target: text(),
      Sourcemap: boolean(),
    }),
  },
  { open: true },
);

type Bucket = Resource<ValueOf<typeof properties>, ValueOf<typeof metadata>>;

export const s3Bucket = defineResource({
  type: bucketType,
  properties,
  metadata,
  nameProperty: "BucketName",
  namespace: "bucket",
  defaultName: (stackName, logicalId) => stackAndLogicalId(stackName, logicalId).toLowerCase(),
  ref: ({ name }) => name,
  attributes: {
    Arn: ({ partition, name }) => `arn:${partition}:s3:::${name}`,
    DomainName: ({ name, urlSuffix }) => `${name}.s3.${urlSuffix}`,
    RegionalDomainName: ({ name, region, urlSuffix }) => `${name}.s3.${region}.${urlSuffix}`,
  },
  build(resource, draft) {
    const { identity, metadata: given, properties: said } = resource;
    const sourceFolder = readContent(resource, draft.folder);
    const build = sourceFolder === undefined ? undefined : readBuild(resource, sourceFolder);
    if (given?.Content === undefined && given?.BuildMethod) {
      resource.report(["Metadata", "BuildMethod"], "a build needs 'Content', the folder to build");
    }
    if (said.PublicAccessBlockConfiguration || said.OwnershipControls) {
      draft.noteWithoutEffect("access settings of buckets");
    }
    noteTags(said.Tags, bucketType, draft);
    resource.mark(`bucket:${identity.name}`, []);
    draft.buckets.push({
      name: identity.name,
      ...(sourceFolder !== undefined && { sourceFolder }),
      ...(build && { build }),
    });
  },
});

function readContent({ metadata: given, report }: Bucket, folder: string): string | undefined {
  if (given?.Content === undefined) return undefined;
  const path = resolve(folder, given.Content);
  if (isFolder(path)) return path;
  report(["Metadata", "Content"], `there is no folder '${given.Content}' beside the template`);
  return undefined;
}

function readBuild(resource: Bucket, sourceFolder: string): BucketBuild | undefined {
  const { BuildMethod, BuildProperties: given } = resource.metadata ?? {};
  if (!BuildMethod || !given) {
    if (BuildMethod) resource.report(["Metadata"], "the property 'BuildProperties' is missing");
    if (given) resource.report(["Metadata", "BuildProperties"], "'BuildMethod' is missing");
    return undefined;
  }
  const at = ["Metadata", "BuildProperties", "EntryPoints"];
  return {
    entryPoints: findEntryPoints(given.EntryPoints, sourceFolder, (index, message) =>
      resource.report([...at, index], message),
    ),
    minify: given.Minify ?? true,
    target: given.Target ?? "es2022",
    sourcemap: given.Sourcemap ?? false,
  };
}
