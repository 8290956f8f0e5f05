/** Flags that more than one command has. */

import type { Flag } from "./flags.ts";

export const apiPortFlag: Flag = {
  type: "string",
  default: "4566",
  placeholder: "PORT",
  help: "the API door: AWS SDKs and the aws command line",
  hasVariable: true,
};

export const parameterFlag: Flag = {
  type: "string",
  multiple: true,
  default: "",
  placeholder: "NAME=VALUE",
  help: "a value for one of the template's Parameters; once for each",
};

/** Values by name, from `NAME=VALUE` a line; a text says what is wrong. */
export function readParameters(text: string): Readonly<Record<string, string>> | string {
  const parameters: Record<string, string> = {};
  for (const line of text.split("\n").filter(Boolean)) {
    const [name, ...value] = line.split("=");
    if (!name || value.length === 0) return `--parameter must be NAME=VALUE, not "${line}"`;
    parameters[name] = value.join("=");
  }
  return parameters;
}

/** Where the owner's key of the node is, for commands that sign. */
export const dataFlag: Flag = {
  type: "string",
  default: ".millrace",
  placeholder: "DIR",
  help: "the data folder of the node",
  hasVariable: true,
};
