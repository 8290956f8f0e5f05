/** Says whose credentials signed the request; no policy can forbid it. */

import { type TokenOperation, unknownParameter } from "./operation.ts";

export const getCallerIdentity: TokenOperation = ({ caller, identities, parameters }) => {
  const unknown = unknownParameter(parameters, []);
  if (unknown) return unknown;
  const { arn, userId } = caller;
  return { result: { Arn: arn, UserId: userId, Account: identities.account.accountId } };
};
