/**
 * Gives temporary credentials of a role to whom its trust policy lets take it.
 *
 * Unlike on AWS the account's owner may take roles: there are no other users yet. A session policy
 * and tags are refused by name.
 */

import { lifetimes, roleId } from "../../identity/mod.ts";
import {
  accessDenied,
  credentialsOf,
  readDuration,
  readSessionName,
  type TokenOperation,
  unknownParameter,
  validationError,
} from "./operation.ts";

const known = ["RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId"];

export const assumeRole: TokenOperation = ({ identities, caller, parameters }) => {
  const unknown = unknownParameter(parameters, known);
  if (unknown) return unknown;
  const roleArn = parameters.get("RoleArn") ?? "";
  const sessionName = readSessionName(parameters);
  if (typeof sessionName !== "string") return sessionName;
  const role = identities.roles.byArn(roleArn);
  const max = role?.sessionSecondsMax ?? lifetimes.roleMax;
  const { roleMin: min, roleDefault: preset } = lifetimes;
  const seconds = readDuration(parameters, { min, max, preset });
  if (typeof seconds !== "number") return seconds;
  if (caller.principal.kind === "session" && seconds > lifetimes.chainedMax) {
    return validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role " +
        "chaining",
    );
  }
  const externalId = parameters.get("ExternalId");
  const taken =
    role &&
    identities.roles.mayTake(role, {
      action: "sts:AssumeRole",
      principal: caller.principal,
      policies: caller.policies,
      keys: {
        ...caller.keys,
        "sts:RoleSessionName": sessionName,
        ...(externalId !== undefined && { "sts:ExternalId": externalId }),
      },
    });
  if (!taken) {
    // The same for a role that is not there, so that nobody learns which ones are.
    return accessDenied(
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
  }
  const issued = identities.sessions.issue({ roleName: role.name, sessionName, keys: {} }, seconds);
  const { partition, accountId } = identities.account;
  return {
    result: {
      Credentials: credentialsOf(issued),
      AssumedRoleUser: {
        AssumedRoleId: `${roleId(role.arn)}:${sessionName}`,
        Arn: `arn:${partition}:sts::${accountId}:assumed-role/${role.name}/${sessionName}`,
      },
    },
  };
};
