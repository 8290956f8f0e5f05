/** A guest of an application's identity pool, as a browser becomes one: at the edge, unsigned. */

import { presign, type SigningCredentials } from "@millrace/mqtt/presign";

export interface Guest {
  /** `region:uuid`. */
  readonly sub: string;
  readonly credentials: SigningCredentials;
}

/** A new guest of the pool. */
export async function arrive(edge: string, poolId: string): Promise<Guest> {
  const { IdentityId: sub } = await ask(edge, "GetId", { IdentityPoolId: poolId });
  const { Credentials: given } = await ask(edge, "GetCredentialsForIdentity", { IdentityId: sub });
  const { AccessKeyId, SecretKey, SessionToken } = given;
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretKey,
    sessionToken: SessionToken,
  };
  return { sub, credentials };
}

/** The address of a WebSocket, signed now. */
export function signedAddress(url: string, credentials: SigningCredentials): Promise<string> {
  return presign({ url, region: "us-east-1", credentials, nowMs: Date.now() });
}

async function ask(edge: string, operation: string, input: object) {
  const answer = await fetch(edge, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityService.${operation}`,
    },
    body: JSON.stringify(input),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}
