/** Tokens of providers that were not believed: told, and counted for where they came from. */

import type { LoginProblem } from "../identity/mod.ts";
import type { IdentityCall } from "./ports.ts";

/** `provider` is empty where the token itself was to say it. */
export function noteUnproved(
  { ports, client }: IdentityCall,
  told: {
    readonly action: string;
    readonly provider: string;
    readonly problem: LoginProblem;
  },
): void {
  const { action, provider, problem } = told;
  const isOurs = problem.kind === "unreachable";
  if (!isOurs) ports.attempts.note(client.ip);
  ports.denials.reportUnproved({
    arn: provider,
    action,
    sourceIp: client.ip,
    reason: `the login token is not taken: ${problem.reason}`,
    remedy: isOurs
      ? "see that this server reaches the provider's discovery document and keys"
      : "bring a token that the provider has issued for this client id and that is still good",
  });
}
