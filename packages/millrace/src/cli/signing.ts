/**
 * Whose keys a command signs with: those that SDKs would take from the environment, else the
 * owner's from the node's data folder, where that can be read.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SigningCredentials } from "../aws/mod.ts";
import type { Invocation } from "./command.ts";
import type { Environment } from "./flags.ts";

export interface Signer {
  /** Those of nobody, where there are none: whom the node trusts it trusts with them as well. */
  readonly credentials: SigningCredentials;
  /** No key was found. */
  readonly isNobody: boolean;
  readonly region: string;
}

/** The command must have the flag `data`. */
export function signerOf({ given, environment }: Invocation): Signer {
  const credentials = keysOf(environment) ?? ownerKey(given.text("data"));
  return {
    credentials: credentials ?? nobody,
    isNobody: credentials === undefined,
    region: environment.AWS_REGION || environment.AWS_DEFAULT_REGION || "us-east-1",
  };
}

const nobody = { accessKeyId: "millrace", secretAccessKey: "millrace" };

function keysOf(environment: Environment): SigningCredentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey) return undefined;
  const sessionToken = environment.AWS_SESSION_TOKEN || undefined;
  return { accessKeyId, secretAccessKey, sessionToken };
}

function ownerKey(dataFolder: string): SigningCredentials | undefined {
  let text: string;
  try {
    text = readFileSync(join(dataFolder, "credentials"), "utf8");
  } catch {
    return undefined; // it is another folder's node, or one that keeps nothing
  }
  const value = (name: string) => new RegExp(`^${name} *= *(\\S+)$`, "m").exec(text)?.[1];
  const accessKeyId = value("aws_access_key_id");
  const secretAccessKey = value("aws_secret_access_key");
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
}
