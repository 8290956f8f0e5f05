/** Gives an identity the credentials of its pool's role; as on AWS, unsigned. */

import { isGuest, type PoolOperation, readLogins, requiredText } from "./operation.ts";

const identityIdForm = /^[\w-]+:[0-9a-f-]+$/;

export const getCredentialsForIdentity: PoolOperation = async (
  { guests, members },
  input,
  { ip },
) => {
  const { IdentityId: identityId, Logins: given, CustomRoleArn: customRoleArn } = input;
  const unfit = requiredText("IdentityId", identityId, { form: identityIdForm, lengthMax: 55 });
  if (unfit) return unfit;
  const read = readLogins(given);
  if ("problem" in read) return read;
  if (customRoleArn !== undefined && typeof customRoleArn !== "string") {
    return { problem: { kind: "custom-role" } };
  }
  const { logins } = read;
  if (isGuest(logins) && customRoleArn !== undefined) return { problem: { kind: "custom-role" } };
  const result = isGuest(logins)
    ? guests.credentialsFor(identityId as string, ip)
    : await members.credentialsFor(identityId as string, { logins, sourceIp: ip, customRoleArn });
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
