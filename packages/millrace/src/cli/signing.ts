/** The keys that SDKs would take from the environment, and the region. */

import type { SigningCredentials } from "../aws/mod.ts";
import type { Environment } from "./flags.ts";

export interface Signer {
  /** Those of nobody, where there are none: whom the node trusts it trusts with them as well. */
  readonly credentials: SigningCredentials;
  readonly region: string;
}

export function signerOf(environment: Environment): Signer {
  return {
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID || "millrace",
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY || "millrace",
      sessionToken: environment.AWS_SESSION_TOKEN || undefined,
    },
    region: environment.AWS_REGION || environment.AWS_DEFAULT_REGION || "us-east-1",
  };
}
