/** Layers: how a request names one, and as answers tell a version. */

import type { LayerVersion } from "../../functions/mod.ts";
import { invalidParameter, notFound } from "./answers.ts";
import { readLayerLabel } from "./layer-label.ts";
import { type Answer, type ControlCall, no } from "./operation.ts";

/** The name in the path, alone or as an ARN of this layer; else the refusal. */
export function readLayerName(label: string): string | Answer {
  const read = readLayerLabel(label);
  if (read && read.number === undefined) return read.name;
  return no(invalidParameter(`"${label}" is no name of a layer`));
}

/** The version in the path; refused when it is not there. */
export function findLayerVersion({ functions, label }: ControlCall): LayerVersion | Answer {
  const read = readVersionLabel(label);
  if (!("name" in read)) return read;
  const found = functions.layers.list(read.name).find((one) => one.number === read.number);
  return found ?? no(notFound("The resource you requested does not exist."));
}

/** From `name/versions/3`; else the refusal. */
export function readVersionLabel(label: string): Version | Answer {
  const read = readLayerLabel(label);
  if (read?.number !== undefined) return { name: read.name, number: Number(read.number) };
  return no(invalidParameter(`"${label}" is no version of a layer`));
}

interface Version {
  readonly name: string;
  readonly number: number;
}

/** As lists tell it. */
export function tellVersion(version: LayerVersion) {
  const { arn, number, description, createdMs, compatibleRuntimes, licenseInfo } = version;
  return {
    LayerVersionArn: arn,
    Version: number,
    Description: description ?? "",
    CreatedDate: new Date(createdMs).toISOString().replace("Z", "+0000"),
    ...(compatibleRuntimes && { CompatibleRuntimes: compatibleRuntimes }),
    ...(licenseInfo !== undefined && { LicenseInfo: licenseInfo }),
  };
}

/** With its content, whose place is not told. */
export function tellWhole(version: LayerVersion, { functions }: ControlCall) {
  const { name, codeBytes, codeSha256 } = version;
  return {
    ...tellVersion(version),
    LayerArn: functions.layers.arnOf(name),
    Content: { CodeSize: codeBytes, ...(codeSha256 !== undefined && { CodeSha256: codeSha256 }) },
  };
}
