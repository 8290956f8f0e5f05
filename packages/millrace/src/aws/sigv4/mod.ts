/** Signature Version 4: what a signed request claims, and whether the claim holds. */

export {
  type ClaimReading,
  type CredentialScope,
  isSigned,
  readClaim,
  type SignatureClaim,
  signedKeyId,
} from "./claim.ts";
export { type SignatureProblem, unsigned } from "./problem.ts";
export { type SignableRequest, signableRequest } from "./request.ts";
export { type SigningOptions, signedHeaders } from "./sign.ts";
export { SigningKeys } from "./signing-keys.ts";
export { type Evidence, signatureProblem, type VerifierOptions } from "./verify.ts";
