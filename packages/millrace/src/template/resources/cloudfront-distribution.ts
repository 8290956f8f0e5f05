/**
 * `AWS::CloudFront::Distribution`: which path leads to which bucket or API of this template.
 *
 * An origin is found by its domain name, the one that `GetAtt` gives for a bucket or the one of an
 * API; any other origin is refused. Nothing is cached, so cache policies are accepted and idle.
 */

import type { OriginDefinition } from "../../gateway/mod.ts";
import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  type Resource,
  stackAndLogicalId,
} from "../resource-type.ts";
import { boolean, choice, integer, list, object, required, text, type ValueOf } from "../schema.ts";
import { derivedId } from "../surroundings.ts";
import { originAccessControlType } from "./cloudfront-origin-access-control.ts";
import { apiDomainName, apiTypes } from "./http-api.ts";
import { bucketType } from "./s3-bucket.ts";
import { noteTags, tags } from "./tags.ts";

const methods = choice("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE");

const behavior = {
  TargetOriginId: required(text()),
  ViewerProtocolPolicy: required(choice("allow-all", "redirect-to-https", "https-only")),
  CachePolicyId: required(text()),
  OriginRequestPolicyId: text(),
  AllowedMethods: list(methods, { min: 2 }),
  CachedMethods: list(choice("GET", "HEAD", "OPTIONS"), { min: 2 }),
  Compress: boolean(),
};

const origin = object({
  Id: required(text()),
  DomainName: required(text()),
  OriginPath: text({ pattern: /^(\/.*[^/])?$/, form: "a path like '/stage'" }),
  OriginAccessControlId: text(),
  S3OriginConfig: object({ OriginAccessIdentity: choice("") }),
  CustomOriginConfig: object({
    OriginProtocolPolicy: required(choice("https-only", "http-only", "match-viewer")),
    OriginSSLProtocols: list(choice("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2")),
    HTTPPort: integer(1, 65_535),
    HTTPSPort: integer(1, 65_535),
  }),
});

const distributionType = "AWS::CloudFront::Distribution";

const properties = object({
  DistributionConfig: required(
    object({
      Enabled: required(boolean()),
      Comment: text(),
      IPV6Enabled: boolean(),
      HttpVersion: choice("http1.1", "http2", "http3", "http2and3"),
      PriceClass: choice("PriceClass_100", "PriceClass_200", "PriceClass_All"),
      Origins: required(list(origin, { min: 1 })),
      DefaultCacheBehavior: required(object(behavior)),
      CacheBehaviors: list(
        object({
          PathPattern: required(
            text({ pattern: /^[A-Za-z0-9_\-.*$/~"'@:+&?]{1,255}$/, form: "a path pattern" }),
          ),
          ...behavior,
        }),
      ),
    }),
  ),
  Tags: tags,
});

type Distribution = Resource<ValueOf<typeof properties>>;
type Origin = ValueOf<typeof origin>;

const configPath: Path = ["Properties", "DistributionConfig"];

export const cloudfrontDistribution = defineResource({
  type: distributionType,
  properties,
  defaultName: stackAndLogicalId,
  ref: distributionId,
  attributes: {
    DomainName: (identity) => `d${distributionId(identity).slice(1).toLowerCase()}.cloudfront.net`,
    Id: distributionId,
  },
  build(resource, draft) {
    const config = resource.properties.DistributionConfig;
    const { logicalId: name } = resource.identity;
    if (!config.Enabled) {
      resource.report([...configPath, "Enabled"], "a distribution that is off is not supported");
    }
    const origins = readOrigins(resource, draft);
    const target = (id: string, path: Path) => {
      const known = config.Origins.some((one) => one.Id === id);
      if (!known) resource.report([...configPath, ...path], `there is no origin '${id}'`);
      return origins.get(id);
    };
    const defaultOrigin = target(config.DefaultCacheBehavior.TargetOriginId, [
      "DefaultCacheBehavior",
      "TargetOriginId",
    ]);
    const behaviors = (config.CacheBehaviors ?? []).flatMap((one, index) => {
      const found = target(one.TargetOriginId, ["CacheBehaviors", index, "TargetOriginId"]);
      return found ? [{ pathPattern: one.PathPattern, origin: found }] : [];
    });
    noteTags(resource.properties.Tags, distributionType, draft);
    draft.noteWithoutEffect("a distribution's cache, method and protocol policies");
    resource.mark(`distribution:${name}`, []);
    if (defaultOrigin) draft.distributions.push({ name, behaviors, defaultOrigin });
  },
});

function distributionId({ stackName, logicalId }: Identity): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return `E${derivedId(`distribution/${stackName}/${logicalId}`, 13, alphabet)}`;
}

function readOrigins(resource: Distribution, draft: Draft): Map<string, OriginDefinition> {
  const origins = new Map<string, OriginDefinition>();
  resource.properties.DistributionConfig.Origins.forEach((one, index) => {
    const path = [...configPath, "Origins", index];
    if (origins.has(one.Id)) {
      resource.report([...path, "Id"], `there is another origin '${one.Id}'`);
    }
    checkAccessControl(one, path, { resource, draft });
    const found = readOrigin(one, path, { resource, draft });
    if (found) origins.set(one.Id, found);
  });
  return origins;
}

interface Context {
  readonly resource: Distribution;
  readonly draft: Draft;
}

function readOrigin(
  one: Origin,
  path: Path,
  { resource, draft }: Context,
): OriginDefinition | undefined {
  const { DomainName, OriginPath: originPath = "" } = one;
  const bucket = draft.find([bucketType], DomainName, ["RegionalDomainName", "DomainName"]);
  if (bucket) {
    if (originPath !== "") {
      resource.report([...path, "OriginPath"], "an origin path into a bucket is not supported");
    }
    if (one.CustomOriginConfig) {
      const message = "a bucket is an origin with 'S3OriginConfig'";
      resource.report([...path, "CustomOriginConfig"], message);
    }
    return { kind: "bucket", bucketName: bucket.name };
  }
  const api = draft.findWhere(
    Object.values(apiTypes),
    (identity) => apiDomainName(identity) === DomainName,
  );
  if (!api) {
    const message = `the origin '${DomainName}' is neither a bucket nor an API of this template`;
    resource.report([...path, "DomainName"], message);
    return undefined;
  }
  if (!one.CustomOriginConfig) {
    resource.report(path, "an API as origin needs 'CustomOriginConfig'");
  }
  checkStage(originPath, api, { path, resource, draft });
  return { kind: "api", apiName: api.logicalId };
}

/** On AWS the stage is the first part of an API's path; only `$default` has none. */
function checkStage(originPath: string, api: Identity, at: Context & { path: Path }): void {
  const stage = at.draft.apis.find(({ name }) => name === api.logicalId)?.stage;
  const wanted = stage === undefined || stage === "$default" ? "" : `/${stage}`;
  if (stage === undefined || originPath === wanted) return;
  const advice = wanted === "" ? "no 'OriginPath'" : `'OriginPath: ${wanted}'`;
  const message = `the stage '${stage}' of '${api.logicalId}' needs ${advice}`;
  at.resource.report([...at.path, "OriginPath"], message);
}

function checkAccessControl(one: Origin, path: Path, { resource, draft }: Context): void {
  const id = one.OriginAccessControlId;
  if (id === undefined || id === "" || draft.find([originAccessControlType], id)) return;
  const message = `there is no origin access control '${id}' in this template`;
  resource.report([...path, "OriginAccessControlId"], message);
}
