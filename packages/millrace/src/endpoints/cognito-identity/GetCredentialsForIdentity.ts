/** Gives an identity the credentials of its pool's role; as on AWS, unsigned. */

import { isJsonObject, type PoolOperation, requiredText } from "./operation.ts";

const identityIdForm = /^[\w-]+:[0-9a-f-]+$/;

export const getCredentialsForIdentity: PoolOperation = ({ guests }, input, { ip }) => {
  const { IdentityId: identityId, Logins: logins, CustomRoleArn: customRoleArn } = input;
  const unfit = requiredText("IdentityId", identityId, { form: identityIdForm, lengthMax: 55 });
  if (unfit) return unfit;
  if (isJsonObject(logins) && Object.keys(logins).length > 0) return { problem: "logins" };
  if (customRoleArn !== undefined) return { problem: "custom-role" };
  const result = guests.credentialsFor(identityId as string, ip);
  if (!result.ok) return { problem: result.problem };
  const { accessKeyId, secretAccessKey, sessionToken, expiresAtMs } = result.value;
  return {
    body: {
      IdentityId: identityId,
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: expiresAtMs / 1_000,
      },
    },
  };
};
