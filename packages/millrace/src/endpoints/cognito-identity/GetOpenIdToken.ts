/** Gives an identity a token of ours, with which it takes a role itself; as on AWS, unsigned. */

import { isGuest, type PoolOperation, readLogins, requiredText } from "./operation.ts";

const identityIdForm = /^[\w-]+:[0-9a-f-]+$/;

export const getOpenIdToken: PoolOperation = async ({ guests, members }, input) => {
  const { IdentityId: identityId, Logins: given } = input;
  const unfit = requiredText("IdentityId", identityId, { form: identityIdForm, lengthMax: 55 });
  if (unfit) return unfit;
  const read = readLogins(given);
  if ("problem" in read) return read;
  const result = isGuest(read.logins)
    ? await guests.openIdToken(identityId as string)
    : await members.openIdToken(identityId as string, read.logins);
  if (!result.ok) return { problem: result.problem };
  return { body: { IdentityId: identityId, Token: result.value } };
};
