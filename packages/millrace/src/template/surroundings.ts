/** Where a stack lives: what CloudFormation's pseudo parameters say, and how ARNs begin. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { limits } from "./limits.ts";

export interface Surroundings {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** `amazonaws.com` or `amazonaws.com.cn`. */
  readonly urlSuffix: string;
  readonly stackId: string;
}

/** What follows from the three: partition, domain suffix, stack ARN. */
export function createSurroundings(given: {
  stackName: string;
  region: string;
  accountId: string;
}): Surroundings {
  const { stackName, region, accountId } = given;
  const china = region.startsWith("cn-");
  const partition = china ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  const urlSuffix = china ? "amazonaws.com.cn" : "amazonaws.com";
  const unique = derivedId(`${region}/${accountId}/${stackName}`, 32, "0123456789abcdef");
  const uuid = unique.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const service = `arn:${partition}:cloudformation:${region}:${accountId}`;
  const stackId = `${service}:stack/${stackName}/${uuid}`;
  return { stackName, region, accountId, partition, urlSuffix, stackId };
}

/** The values of the pseudo parameters by name; `AWS::NoValue` is the resolver's own. */
export function pseudoParameters(surroundings: Surroundings): ReadonlyMap<string, string> {
  return new Map([
    ["AWS::AccountId", surroundings.accountId],
    ["AWS::Partition", surroundings.partition],
    ["AWS::Region", surroundings.region],
    ["AWS::StackId", surroundings.stackId],
    ["AWS::StackName", surroundings.stackName],
    ["AWS::URLSuffix", surroundings.urlSuffix],
  ]);
}

export const stackNamePattern = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * The stack's name, where nobody says it: that of the template's folder, made valid; or the CDK's,
 * which has named the template after the stack's id, beside the list of the stack's assets.
 */
export function stackNameOf(templatePath: string): string {
  const folder = dirname(templatePath);
  const stack = /^(.+)\.template\.json$/.exec(basename(templatePath))?.[1];
  const isOfCdk = stack !== undefined && existsSync(join(folder, `${stack}.assets.json`));
  return stackNameFrom(isOfCdk ? nameOfCdk(folder, stack) : basename(folder));
}

/** As the assembly says: with a `stackName`, or in a stage, the name is another than the id. */
function nameOfCdk(folder: string, stack: string): string {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) return stack;
  try {
    const { artifacts } = JSON.parse(readFileSync(path, "utf8"));
    const name: unknown = artifacts?.[stack]?.properties?.stackName;
    return typeof name === "string" ? name : stack;
  } catch {
    return stack; // it is no assembly's
  }
}

/** A stack name made from a folder's: letters, digits and hyphens, a letter first. */
function stackNameFrom(folderName: string): string {
  const name = folderName
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^[^A-Za-z]+|-+$/g, "")
    .slice(0, limits.stackNameLengthMax);
  return name === "" ? "app" : name;
}

/** An identifier that is the same at every start, because it is made from `seed` alone. */
export function derivedId(seed: string, length: number, alphabet: string): string {
  const digest = createHash("sha256").update(seed).digest();
  let id = "";
  for (const byte of digest.subarray(0, length)) id += alphabet[byte % alphabet.length];
  return id;
}

/** `name`, or as much of it as fits with a mark that keeps it unique. */
export function fitName(name: string, lengthMax: number): string {
  if (name.length <= lengthMax) return name;
  const mark = derivedId(name, 8, "0123456789abcdef");
  return `${name.slice(0, lengthMax - mark.length)}${mark}`;
}
