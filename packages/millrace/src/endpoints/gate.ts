/**
 * The gate of the API door: who calls.
 *
 * A request that names a key which this deployment gave out, now or before, is its sender's when
 * the signature is right, and else refused. Any other proves nothing, whatever it is signed with:
 * it is the owner's where the door trusts whoever reaches it, and else refused.
 */

import { type RequestHead, signableRequest, signedKeyId } from "../aws/mod.ts";
import type { Awaitable } from "../base/mod.ts";
import type { Authentication, AuthenticationProblem, Need } from "../identity/mod.ts";
import { keepBody } from "./body.ts";
import { controlBodyBytesMax } from "./limits.ts";
import { plainError } from "./plain-error.ts";
import type { AdmittedCall, Call } from "./ports.ts";
import { answerOrFail } from "./unforeseen.ts";

export interface Gate {
  /** Names that the signature's scope may have for the service. */
  readonly services: readonly string[];
  /** Tells a caller who is not believed, as the service's protocol does. */
  refuse(call: Call, problem: AuthenticationProblem): Response;
  /** Tells that the service failed, and nothing of how (`unforeseen.ts`). */
  fail(call: Pick<Call, "requestId">): Response;
}

/** The answer to a call whose caller is known, or the refusal, or that the service failed. */
export function admit(call: Call, gate: Gate, answer: AnswerAdmitted): Promise<Response> {
  return answerOrFail(call, () => answerAdmitted(call, gate, answer), gate.fail);
}

type AnswerAdmitted = (call: AdmittedCall) => Response | Promise<Response>;

async function answerAdmitted(call: Call, gate: Gate, answer: AnswerAdmitted): Promise<Response> {
  const readWhole = () => keepBody(call.request, controlBodyBytesMax);
  const found = await identify(call, { services: gate.services, readWhole });
  if (!found) return plainError(call, 413, `A body has ${controlBodyBytesMax} bytes at most`);
  if (!found.ok) return gate.refuse(call, found.problem);
  const { caller } = found;
  const { access } = call.ports;
  return answer({
    ...call,
    caller,
    refusal: (needs: readonly Need[]) => access.refusal({ caller, via: "api" }, needs),
  });
}

/** A call, as far as it says who calls. */
export type Knock = Omit<Call, "request"> & { readonly request: RequestHead };

interface Proof extends Pick<Gate, "services"> {
  /** The body, as far as that is not larger than any operation takes. */
  readonly readWhole: () => Awaitable<Uint8Array | undefined>;
  /** That the request names, where somebody has read it already. */
  readonly named?: NamedKey;
}

/** Which access key a request names, however incomplete the rest of its signature is. */
export interface NamedKey {
  readonly keyId: string | undefined;
}

export function namedKey(request: RequestHead): NamedKey {
  return { keyId: signedKeyId(signableRequest(request)) };
}

/**
 * Who calls; a refusal is reported. `undefined`: the body is larger than any operation takes. At
 * once where no body has to be read, which on a laptop is nearly always.
 */
export function identify(knock: Knock, proof: Proof): Awaitable<Authentication | undefined> {
  const found = authenticate(knock, proof);
  return found instanceof Promise
    ? found.then((later) => reported(knock, later))
    : reported(knock, found);
}

function reported(
  { client, requestId, ports }: Knock,
  found: Authentication | undefined,
): Authentication | undefined {
  if (found && !found.ok) {
    ports.refusals.report(found.problem, { ip: client.ip, traceId: requestId });
  }
  return found;
}

function authenticate(
  { request, client, ports }: Knock,
  { services, readWhole, named = namedKey(request) }: Proof,
): Awaitable<Authentication | undefined> {
  const { identities, trustsAnonymous } = ports;
  const { keyId } = named;
  const isOurs = keyId !== undefined && identities.gaveOut(keyId);
  if (trustsAnonymous && !isOurs) return { ok: true, caller: identities.owner(client.ip) };
  const signed = signableRequest(request);
  const circumstances = { sourceIp: client.ip, services };
  // Nobody's body is read whose key is not ours.
  if (!isOurs) return identities.authenticate(signed, circumstances);
  return withBody(readWhole(), (body) => {
    return identities.authenticate(signed, { ...circumstances, body });
  });
}

/** What `use` makes of a body; `undefined` where there is none. */
function withBody<T>(
  body: Awaitable<Uint8Array | undefined>,
  use: (body: Uint8Array) => T,
): Awaitable<T | undefined> {
  if (body instanceof Promise) return body.then((read) => read && use(read));
  return body && use(body);
}
