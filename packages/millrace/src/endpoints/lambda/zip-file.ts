/** A function's code as requests bring it: a ZIP in base64. S3 and images are refused by name. */

import { fromBase64 } from "../../base/mod.ts";
import type { Body } from "./operation.ts";

/** The archive, or why there is none. */
export function readZip(code: Body): Uint8Array | string {
  const other = Object.keys(code).find((name) => name !== "ZipFile");
  if (other) return `"${other}" of the code is not implemented; "ZipFile" is`;
  if (typeof code.ZipFile !== "string") return "Please provide a source for function code.";
  return fromBase64(code.ZipFile) ?? '"ZipFile" is not base64';
}
