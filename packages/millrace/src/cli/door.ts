/** Asks the API door of a node on this machine, signed: it may let nobody in unproven. */

import { signedHeaders } from "../aws/mod.ts";
import { systemClock } from "../base/mod.ts";
import type { Invocation } from "./command.ts";
import { signerOf } from "./signing.ts";

/** The node's own pages are asked under this name. */
const service = "millrace";

const noKey = "no key was found, --data says which data folder the node has";

/** The answer, or a sentence about why there is none. */
export async function askDoor(url: string, invocation: Invocation): Promise<Response | string> {
  const { host, pathname: path, search } = new URL(url);
  const { credentials, isNobody, region } = signerOf(invocation);
  const query = search.slice(1);
  const request = { method: "GET", host, path, query, region, service } as const;
  const all = { ...request, headers: {}, body: "" };
  try {
    const headers = isNobody ? {} : signedHeaders(all, credentials, systemClock.now());
    const answer = await fetch(url, { headers });
    if (answer.ok) return answer;
    const refusal = await refusalOf(answer);
    return isNobody && answer.status === 403 ? `${refusal}; ${noKey}` : refusal;
  } catch {
    // fetch has no better reason than that nobody answers
    return `no node answers on ${host}; --api-port says where another one is`;
  }
}

async function refusalOf(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return `status ${answer.status}, which is no answer of Millrace`; // another server's page
  }
}
