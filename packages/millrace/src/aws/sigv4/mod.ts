/** Signature Version 4: what a signed request claims, and whether the claim holds. */

export {
  type ClaimReading,
  type CredentialScope,
  readClaim,
  type SignatureClaim,
} from "./claim.ts";
export { type SignatureProblem, unsigned } from "./problem.ts";
export { queryParameters, type SignableRequest, signableRequest } from "./request.ts";
export { SigningKeys } from "./signing-keys.ts";
export { type Evidence, signatureProblem, type VerifierOptions } from "./verify.ts";
