/** Asks the API door of a node on this machine, signed: it may let nobody in unproven. */

import { signedHeaders } from "../aws/mod.ts";
import { systemClock } from "../base/mod.ts";
import type { Invocation } from "./command.ts";
import { signerOf } from "./signing.ts";

/** The node's own pages are asked under this name. */
const service = "millrace";

const noKey = "no key was found, --data says which data folder the node has";

/** Why there is no answer. */
export interface NoAnswer {
  /** A sentence. */
  readonly problem: string;
  /** Nobody is there, or not ready yet: it may be otherwise in a moment. */
  readonly isAway: boolean;
}

export async function askDoor(url: string, invocation: Invocation): Promise<Response | NoAnswer> {
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
    const problem = isNobody && answer.status === 403 ? `${refusal}; ${noKey}` : refusal;
    return { problem, isAway: answer.status === 503 };
  } catch {
    // fetch has no better reason than that nobody answers
    const problem = `no node answers on ${host}; --api-port says where another one is`;
    return { problem, isAway: true };
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
