/**
 * The gate of the API door: who calls.
 *
 * A request that names a key which this deployment gave out, now or before, is its sender's when
 * the signature is right, and else refused. Any other proves nothing, whatever it is signed with:
 * it is the owner's where the door trusts whoever reaches it, and else refused.
 */

import { signableRequest, signedKeyId } from "../aws/mod.ts";
import { shortened } from "../base/mod.ts";
import type { Authentication, AuthenticationProblem } from "../identity/mod.ts";
import { keepBody } from "./body.ts";
import { controlBodyBytesMax } from "./limits.ts";
import { plainError } from "./plain-error.ts";
import type { AdmittedCall, Call } from "./ports.ts";

export interface Gate {
  /** Names that the signature's scope may have for the service. */
  readonly services: readonly string[];
  /** Tells a caller who is not believed, as the service's protocol does. */
  refuse(call: Call, problem: AuthenticationProblem): Response;
}

/** The answer to a call whose caller is known, or the refusal. */
export async function admit(
  call: Call,
  gate: Gate,
  answer: (call: AdmittedCall) => Response | Promise<Response>,
): Promise<Response> {
  const found = await authenticate(call, gate.services);
  if (!found) return plainError(call, 413, `A body has ${controlBodyBytesMax} bytes at most`);
  if (!found.ok) {
    const { code, accessKeyId } = found.problem;
    const key = accessKeyId === undefined ? undefined : shortened(accessKeyId);
    const { logger } = call.ports;
    logger.warn("signature refused", { ip: call.client.ip, accessKeyId: key, code });
    return gate.refuse(call, found.problem);
  }
  const { caller } = found;
  const { access } = call.ports;
  return answer({
    ...call,
    caller,
    refusal: (needs) => access.refusal({ caller, via: "api" }, needs),
  });
}

/** `undefined`: the body is larger than any operation takes. */
async function authenticate(
  { request, client, ports }: Call,
  services: readonly string[],
): Promise<Authentication | undefined> {
  const { identities, trustsAnonymous } = ports;
  const signed = signableRequest(request);
  const keyId = signedKeyId(signed);
  const isOurs = keyId !== undefined && identities.gaveOut(keyId);
  if (trustsAnonymous && !isOurs) return { ok: true, caller: identities.owner(client.ip) };
  const circumstances = { sourceIp: client.ip, services };
  // Nobody's body is read whose key is not ours.
  if (!isOurs) return identities.authenticate(signed, circumstances);
  const body = await keepBody(request, controlBodyBytesMax);
  return body && identities.authenticate(signed, { ...circumstances, body });
}
