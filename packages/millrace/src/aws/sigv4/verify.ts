/**
 * Whether a request was signed with the secret of the key that it names.
 *
 * The steps, each with its own answer: what must be signed is, the signature is fresh, the body is
 * the one that was signed, the signature fits. Texts are compared in constant time.
 */

import { timingSafeEqual } from "node:crypto";
import { type Clock, utf8 } from "../../base/mod.ts";
import {
  type CanonicalParts,
  canonicalPath,
  canonicalRequest,
  sha256Hex,
  signedParameters,
  stringToSign,
} from "./canonical.ts";
import type { SignatureClaim } from "./claim.ts";
import { invalid, type SignatureProblem } from "./problem.ts";
import type { Parameter, SignableRequest } from "./request.ts";
import { hmac, type SigningKeys } from "./signing-keys.ts";

export interface VerifierOptions {
  readonly keys: SigningKeys;
  readonly clock: Clock;
}

export interface Evidence {
  readonly request: SignableRequest;
  readonly claim: SignatureClaim;
  /** Of the access key that the claim names. */
  readonly secretAccessKey: string;
  readonly body: Uint8Array;
}

/** How far the clocks of client and server may differ. */
const skewMs = 300_000;

/** How long a presigned URL is good for that does not say it. */
const presignedSeconds = 300;

const unsignedPayload = "UNSIGNED-PAYLOAD";
const tokenParameter = "X-Amz-Security-Token";

/** `undefined`: the request is its sender's, as it stands. */
export function signatureProblem(
  evidence: Evidence,
  { keys, clock }: VerifierOptions,
): SignatureProblem | undefined {
  const { request, claim, secretAccessKey } = evidence;
  const problem = coverageProblem(request, claim) ?? freshnessProblem(claim, clock.now());
  if (problem) return problem;
  const said = request.headers.get("x-amz-content-sha256");
  if (said?.startsWith("STREAMING-")) {
    return invalid(`A body signed in chunks ('${said}') is not implemented.`);
  }
  const payloadHash = payloadHashOf(evidence);
  if (payloadHash === undefined) {
    return invalid("The body is not the one that 'x-amz-content-sha256' was computed from.");
  }
  const key = keys.get(secretAccessKey, claim.scope);
  for (const parts of possibleParts(request, claim, payloadHash)) {
    const text = stringToSign(canonicalRequest(parts), claim.scope, claim.signedAt);
    const signature = Buffer.from(hmac(key, text)).toString("hex");
    if (isSame(signature, claim.signature)) return undefined;
  }
  return invalid(
    "The request signature we calculated does not match the signature you provided. " +
      "Check your AWS Secret Access Key and signing method.",
  );
}

/** What clients add to a presigned request that says nothing of what is to be done. */
const besidePresigned: ReadonlySet<string> = new Set([
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
  "x-amz-user-agent",
]);
const nothing: ReadonlySet<string> = new Set();

/** What is not signed could have been changed on the way. */
function coverageProblem(
  { headers }: SignableRequest,
  { place, signedHeaders }: SignatureClaim,
): SignatureProblem | undefined {
  if (!signedHeaders.includes("host")) {
    return invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const absent = signedHeaders.filter((name) => headers.get(name) === null);
  if (absent.length > 0) {
    return invalid(`Headers that were signed are missing from the request: ${absent.join(", ")}.`);
  }
  const free = place === "query" ? besidePresigned : nothing;
  const bare = [...headers.keys()].filter(
    (name) => name.startsWith("x-amz-") && !signedHeaders.includes(name) && !free.has(name),
  );
  if (bare.length === 0) return undefined;
  return invalid(
    `There were headers present in the request which were not signed: ${bare.join(", ")}.`,
  );
}

function freshnessProblem(claim: SignatureClaim, nowMs: number): SignatureProblem | undefined {
  const { signedAt, place, expiresSeconds = presignedSeconds } = claim;
  const signedAtMs = Date.parse(extended(signedAt));
  if (Number.isNaN(signedAtMs)) return invalid(`'${signedAt}' is no date.`);
  const now = basic(nowMs);
  if (signedAtMs > nowMs + skewMs) {
    const latest = basic(nowMs + skewMs);
    return invalid(
      `Signature not yet current: ${signedAt} is still later than ${latest} (${now} + 5 min.)`,
    );
  }
  const goodForMs = place === "query" ? expiresSeconds * 1_000 : skewMs;
  if (signedAtMs + goodForMs >= nowMs) return undefined;
  const earliest = basic(nowMs - goodForMs);
  const duration = place === "query" ? `${goodForMs / 1_000} s` : "5 min.";
  return invalid(
    `Signature expired: ${signedAt} is now earlier than ${earliest} (${now} - ${duration})`,
  );
}

/** `undefined` when the request says a hash that is not its body's. */
function payloadHashOf({ request, claim, body }: Evidence): string | undefined {
  const said = request.headers.get("x-amz-content-sha256");
  const isS3 = claim.scope.service === "s3";
  if (claim.place === "query" && isS3) return said ?? unsignedPayload;
  if (said === unsignedPayload && isS3) return said;
  const actual = sha256Hex(body);
  return said === null || isSame(said, actual) ? actual : undefined;
}

/**
 * The canonical forms that signers of a presigned URL are known to sign. A session token is added
 * after signing, or signed with the rest; a port is part of the host, or is not.
 */
function* possibleParts(
  request: SignableRequest,
  { place, scope, signedHeaders }: SignatureClaim,
  payloadHash: string,
): Generator<CanonicalParts> {
  const parameters = signedParameters(request);
  const headers = signedHeaders.map((name): Parameter => [name, request.headers.get(name)!]);
  const path = canonicalPath(request, scope.service);
  const parts = { method: request.method, path, parameters, headers, payloadHash };
  if (place === "header") {
    yield parts;
    return;
  }
  const bare = parameters.filter(([name]) => name !== tokenParameter);
  const portless = headers.map(
    ([name, value]): Parameter => [name, name === "host" ? value.replace(/:\d+$/, "") : value],
  );
  for (const form of bare.length < parameters.length ? [bare, parameters] : [parameters]) {
    yield { ...parts, parameters: form };
    yield { ...parts, parameters: form, headers: portless };
  }
}

function isSame(left: string, right: string): boolean {
  const [one, other] = [utf8(left), utf8(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function extended(signedAt: string): string {
  return signedAt.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3:$4:$5");
}

function basic(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
