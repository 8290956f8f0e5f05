/**
 * Asks the API door of a node on this machine. The request is signed with the owner's key where its
 * data folder can be read: without that a node that lets nobody in unproven would not answer.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RequestToSign, signedHeaders } from "../aws/mod.ts";
import { systemClock } from "../base/mod.ts";
import type { Flag, Given } from "./flags.ts";

/** The node's own pages are asked under this name. */
const service = "millrace";
const region = "us-east-1";

export const dataFlag: Flag = {
  type: "string",
  default: ".millrace",
  placeholder: "DIR",
  help: "the data folder of the node",
  hasVariable: true,
};

/** The answer, or a sentence about why there is none. */
export async function askDoor(url: string, given: Given): Promise<Response | string> {
  const key = ownerKey(given.text("data"));
  const address = new URL(url);
  const headers = key && signedHeaders(requestTo(address), key, systemClock.now());
  try {
    const answer = await fetch(url, headers && { headers });
    return answer.ok ? answer : await refusalOf(answer);
  } catch {
    // fetch has no better reason than that nobody answers
    return `no node answers on ${address.host}; --api-port says where another one is`;
  }
}

function requestTo({ host, pathname: path, search }: URL): RequestToSign {
  const query = search.slice(1);
  return { method: "GET", host, path, query, service, region, headers: {}, body: "" };
}

function ownerKey(dataFolder: string) {
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

async function refusalOf(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return `status ${answer.status}, which is no answer of Millrace`; // another server's page
  }
}
