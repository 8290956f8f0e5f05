/**
 * The keys with which tables elsewhere are asked: of the environment, else of the profile in the
 * shared file, as AWS's own tools look for them. Other places (single sign-on, the machine's or the
 * container's role) are not looked at.
 */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { SigningCredentials } from "../../aws/mod.ts";
import { WorldError } from "../../base/mod.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Looks anew each time, so that keys that were renewed are taken; throws a `WorldError`. */
export function readRemoteCredentials(environment: Environment): SigningCredentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, sessionToken: environment.AWS_SESSION_TOKEN };
  }
  const path =
    environment.AWS_SHARED_CREDENTIALS_FILE ??
    join(environment.HOME ?? homedir(), ".aws", "credentials");
  const profile = environment.AWS_PROFILE ?? "default";
  const found = readProfile(path, profile);
  if (found) return found;
  throw new WorldError(
    "NO_CREDENTIALS",
    "there are no credentials for the tables' endpoint: set AWS_ACCESS_KEY_ID and " +
      `AWS_SECRET_ACCESS_KEY, or give the profile "${profile}" keys in "${path}"`,
  );
}

function readProfile(path: string, profile: string): SigningCredentials | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined; // told by the caller, with the path
  }
  const values = new Map<string, string>();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[\s*(.+?)\s*\]/.exec(line);
    const [, name, value] = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (heading) section = heading[1]!;
    else if (section === profile && name !== undefined) values.set(name, value!);
  }
  const accessKeyId = values.get("aws_access_key_id");
  const secretAccessKey = values.get("aws_secret_access_key");
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: values.get("aws_session_token") };
}
