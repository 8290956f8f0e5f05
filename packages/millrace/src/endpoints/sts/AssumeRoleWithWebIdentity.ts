/**
 * Gives temporary credentials of a role to whoever brings a token that its trust policy lets take
 * it; as on AWS, unsigned. Managed session policies and `ProviderId` (OAuth 2.0 without OpenID) are
 * refused by name.
 */

import { type LoginProblem, roleId } from "../../identity/mod.ts";
import {
  accessDenied,
  credentialsOf,
  type OpenOperation,
  type QueryError,
  readRoleParameters,
  tooLong,
  unknownParameter,
  validationError,
} from "./operation.ts";

const known = ["RoleArn", "RoleSessionName", "WebIdentityToken", "DurationSeconds", "Policy"];
const tokenCharactersMax = 20_000;

export const assumeRoleWithWebIdentity: OpenOperation = async (request) => {
  const { identities, parameters, sourceIp } = request;
  const unknown = unknownParameter(parameters, known);
  if (unknown) return unknown;
  const read = readRoleParameters(parameters);
  if ("error" in read) return read;
  const { roleArn, sessionName } = read;
  const token = parameters.get("WebIdentityToken") ?? "";
  if (token.length < 4 || token.length > tokenCharactersMax) {
    return validationError(
      "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: " +
        `Member must have length from 4 to ${tokenCharactersMax}`,
    );
  }
  const role = identities.roles.byArn(roleArn);
  const found = await identities.webIdentities.identify(token);
  if (!found.ok) return { error: tokenError(found.problem), unproved: found.problem };
  const { identity } = found;
  const issued = identities.webIdentities.take(identity, { ...read, role, sourceIp });
  // The same for a role that is not there, so that nobody learns which ones are.
  if (!issued || !role) {
    return accessDenied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }
  if (issued === "too-long") return tooLong;
  const { partition, accountId } = identities.account;
  return {
    result: {
      Credentials: credentialsOf(issued),
      SubjectFromWebIdentityToken: identity.subject,
      AssumedRoleUser: {
        AssumedRoleId: `${roleId(role.arn)}:${sessionName}`,
        Arn: `arn:${partition}:sts::${accountId}:assumed-role/${role.name}/${sessionName}`,
      },
      Provider: identity.provider,
      Audience: identity.audience,
    },
  };
};

function tokenError({ kind, reason }: LoginProblem): QueryError {
  const said = `the token cannot be taken: ${reason}`;
  switch (kind) {
    case "expired":
      return { status: 400, code: "ExpiredTokenException", message: said };
    case "unreachable":
      return { status: 400, code: "IDPCommunicationError", message: said };
    default:
      return { status: 400, code: "InvalidIdentityToken", message: said };
  }
}
