/** Tables as requests name them: by name, or by ARN. */

import { parseArn } from "../../aws/mod.ts";
import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { type Account, tableArn } from "./describe.ts";

/** The name in either, wherever the table of an ARN may be. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.startsWith("arn:") ? nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1) : nameOrArn;
}

/**
 * The same of a table of this account and region; `undefined` when it is of another. Refuses an ARN
 * that is not a table's, so that nothing else is taken for the table that is called like its end.
 */
export function localName(account: Account, nameOrArn: string): string | undefined {
  if (!nameOrArn.startsWith("arn:")) return nameOrArn;
  const arn = parseArn(nameOrArn);
  if (arn?.service !== "dynamodb" || !/^table\/[^/]+$/.test(arn.resource)) {
    refuseInvalid(messages.arnInvalid(nameOrArn));
  }
  const name = nameOf(nameOrArn);
  return tableArn(account, name) === nameOrArn ? name : undefined;
}
