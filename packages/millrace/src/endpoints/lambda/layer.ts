/** Layers: how a request names one, and as answers tell a version. */

import type { LayerVersion } from "../../functions/mod.ts";
import { invalidParameter, notFound } from "./answers.ts";
import { type Answer, type ControlCall, no } from "./operation.ts";

/** The name in the path, alone or as an ARN of this layer; a text says what is wrong. */
export function readLayerName(text: string): string | Answer {
  const name = text.replace(/^arn:[^:]+:lambda:[^:]*:\d*:layer:/, "");
  if (/^[A-Za-z0-9_-]{1,140}$/.test(name)) return name;
  return no(invalidParameter(`"${text}" is no name of a layer`));
}

/** The version in the path; refused when it is not there. */
export function findLayerVersion({ functions, label }: ControlCall): LayerVersion | Answer {
  const { name, number } = readVersionLabel(label);
  const read = readLayerName(name);
  if (typeof read !== "string") return read;
  const found = functions.layers.list(read).find((one) => one.number === number);
  return found ?? no(notFound("The resource you requested does not exist."));
}

/** From `name/versions/3`. */
export function readVersionLabel(label: string): {
  readonly name: string;
  readonly number: number;
} {
  const [name = "", , number = ""] = label.split("/");
  return { name, number: Number(number) };
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
