/** Gives an identity in a pool: a guest a new one, a login its own; as on AWS, unsigned. */

import { isGuest, type PoolOperation, readLogins, requiredText } from "./operation.ts";

const poolIdForm = /^[\w-]+:[0-9a-f-]+$/;

export const getId: PoolOperation = async ({ guests, members }, input) => {
  const { IdentityPoolId: poolId, Logins: given } = input;
  const unfit = requiredText("IdentityPoolId", poolId, { form: poolIdForm, lengthMax: 55 });
  if (unfit) return unfit;
  const read = readLogins(given);
  if ("problem" in read) return read;
  const result = isGuest(read.logins)
    ? guests.identify(poolId as string)
    : await members.identify(poolId as string, read.logins);
  if (!result.ok) return { problem: result.problem };
  return { body: { IdentityId: result.value } };
};
