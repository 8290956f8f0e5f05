/** Gives a guest of an identity pool an identity; as on AWS, unsigned. */

import { isJsonObject, type PoolOperation, requiredText } from "./operation.ts";

const poolIdForm = /^[\w-]+:[0-9a-f-]+$/;

export const getId: PoolOperation = ({ guests }, input) => {
  const { IdentityPoolId: poolId, Logins: logins } = input;
  const unfit = requiredText("IdentityPoolId", poolId, { form: poolIdForm, lengthMax: 55 });
  if (unfit) return unfit;
  if (isJsonObject(logins) && Object.keys(logins).length > 0) return { problem: "logins" };
  const result = guests.identify(poolId as string);
  if (!result.ok) return { problem: result.problem };
  return { body: { IdentityId: result.value } };
};
