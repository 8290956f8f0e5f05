/** Tables as requests name them: by name, or by ARN. */

import { parseArn } from "../../aws/mod.ts";
import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { type Account, tableArn } from "./describe.ts";

/** The name in either, wherever the table of an ARN may be. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.startsWith("arn:") ? nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1) : nameOrArn;
}

export interface TablePart {
  readonly name: string;
  /** `""` for the table itself, else what follows its name: `/stream/...` or `/index/...`. */
  readonly part: string;
  /** Whether it would be a table of this account and region. */
  readonly isLocal: boolean;
}

/** The table that an ARN names, be it there or not; `undefined` when it names none. */
export function parseTableArn(account: Account, arn: string): TablePart | undefined {
  // Every request asks for it, so nothing is taken apart that can be compared.
  const start = tableArn(account, "");
  const isLocal = arn.startsWith(start);
  const path = isLocal ? arn.slice(start.length) : pathElsewhere(arn);
  const slash = path.indexOf("/");
  const name = slash < 0 ? path : path.slice(0, slash);
  if (name === "") return undefined;
  return { name, part: slash < 0 ? "" : path.slice(slash), isLocal };
}

/** What follows `table/`, empty where nothing does. */
function pathElsewhere(text: string): string {
  const { service, resource = "" } = parseArn(text) ?? {};
  const isTable = service === "dynamodb" && resource.startsWith("table/");
  return isTable ? resource.slice("table/".length) : "";
}

/**
 * The name of a table of this account and region; `undefined` when it is of another. Refuses an ARN
 * that is not a table's, so that nothing else is taken for the table that is called like its end.
 */
export function localName(account: Account, nameOrArn: string): string | undefined {
  if (!nameOrArn.startsWith("arn:")) return nameOrArn;
  const found = parseTableArn(account, nameOrArn);
  if (found?.part !== "") refuseInvalid(messages.arnInvalid(nameOrArn));
  return found.isLocal ? found.name : undefined;
}
