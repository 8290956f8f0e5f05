/** A function's code as requests bring it: a ZIP in base64. S3 and images are refused by name. */

import { fromBase64 } from "../../base/mod.ts";
import { readNested } from "./operation.ts";

/** The archive, or why there is none. */
export function readZip(code: unknown): Uint8Array | string {
  const given = readNested(code, "Code", ["ZipFile"]);
  if (typeof given === "string") return given;
  if (typeof given.ZipFile !== "string") return "Please provide a source for function code.";
  return fromBase64(given.ZipFile) ?? '"ZipFile" is not base64';
}
