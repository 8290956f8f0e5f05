/** Why a signature proves nothing, in AWS's words where they are known. */

export interface SignatureProblem {
  /** The exception's name; how it is spelt and with which status is the protocol's affair. */
  readonly code:
    | "IncompleteSignatureException"
    | "InvalidSignatureException"
    | "MissingAuthenticationTokenException";
  readonly message: string;
}

export const unsigned: SignatureProblem = {
  code: "MissingAuthenticationTokenException",
  message: "Missing Authentication Token",
};

export function incomplete(message: string): SignatureProblem {
  return { code: "IncompleteSignatureException", message };
}

export function invalid(message: string): SignatureProblem {
  return { code: "InvalidSignatureException", message };
}
