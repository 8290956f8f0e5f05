/**
 * Gives temporary credentials of a role to whom its trust policy lets take it.
 *
 * Unlike on AWS the account's owner may take roles: there are no other users yet. Managed session
 * policies and tags are refused by name.
 */

import { lifetimes, roleId } from "../../identity/mod.ts";
import {
  accessDenied,
  credentialsOf,
  readRoleParameters,
  type TokenOperation,
  tooLong,
  unfitMember,
  unknownParameter,
  validationError,
} from "./operation.ts";

const known = ["RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId", "Policy"];

const externalIdForm = /^[\w+=,.@:/-]{2,1224}$/;
const externalIdDemand = "Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]{2,1224}";
const shownMax = 100;

export const assumeRole: TokenOperation = ({ identities, caller, parameters }) => {
  const unknown = unknownParameter(parameters, known);
  if (unknown) return unknown;
  const read = readRoleParameters(parameters);
  if ("error" in read) return read;
  const { roleArn, sessionName, seconds, policy } = read;
  const role = identities.roles.byArn(roleArn);
  if (caller.principal.kind === "session" && seconds > lifetimes.chainedMax) {
    return validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role " +
        "chaining",
    );
  }
  const externalId = parameters.get("ExternalId");
  if (externalId !== undefined && !externalIdForm.test(externalId)) {
    return unfitMember("externalId", externalId.slice(0, shownMax), externalIdDemand);
  }
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
  if (seconds > role.sessionSecondsMax) return tooLong;
  const grant = { roleName: role.name, sessionName, keys: {}, ...(policy && { policy }) };
  const issued = identities.sessions.issue(grant, seconds);
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
