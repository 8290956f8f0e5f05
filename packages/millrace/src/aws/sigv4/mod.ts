/** Signature Version 4: what a signed request claims, whether the claim holds, and to sign. */

export {
  type ClaimReading,
  type CredentialScope,
  isSigned,
  readClaim,
  type SignatureClaim,
  signedKeyId,
} from "./claim.ts";
export { type SignatureProblem, unsigned } from "./problem.ts";
export {
  type HeaderReader,
  queryParameters,
  type RequestHead,
  type SignableRequest,
  signableRequest,
} from "./request.ts";
export { type RequestToSign, type SigningCredentials, signedHeaders } from "./sign.ts";
export { SigningKeys } from "./signing-keys.ts";
export { type Evidence, signatureProblem, type VerifierOptions } from "./verify.ts";
