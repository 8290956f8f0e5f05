/** iot TestAuthorization: `POST /test-authorization`; what policies would say to a request. */

import { type AuthorizationAnswer, judgeQuestion } from "../../../identity/mod.ts";
import { Query } from "../../query.ts";
import { failure, invalid, type Outcome } from "../answers.ts";
import { Members, readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { policyArn } from "./policies.ts";

const operation = "TestAuthorization";
const known = ["principal", "authInfos", "policyNamesToAdd", "policyNamesToSkip"];
const questionsMax = 10;

const actions = {
  CONNECT: "iot:Connect",
  PUBLISH: "iot:Publish",
  RECEIVE: "iot:Receive",
  SUBSCRIBE: "iot:Subscribe",
} as const;
const actionTypes = ["CONNECT", "PUBLISH", "RECEIVE", "SUBSCRIBE"] as const;

const decisions = {
  allowed: "ALLOWED",
  explicitDeny: "EXPLICIT_DENY",
  implicitDeny: "IMPLICIT_DENY",
} as const;

interface Question {
  readonly actionType: (typeof actionTypes)[number];
  readonly resources: readonly string[];
}

export async function testAuthorization(call: IotCall): Promise<Outcome> {
  const { devices } = call.ports;
  const query = new Query(call, operation, ["clientId"]);
  if (query.problem) return invalid(query.problem);
  const members = await readMembers(call, operation, known);
  if ("type" in members) return members;
  const principal = members.text("principal");
  const added = members.texts("policyNamesToAdd") ?? [];
  const skipped = members.texts("policyNamesToSkip") ?? [];
  const questions = readQuestions(members);
  if (members.problem) return invalid(members.problem);
  const missing = added.find((name) => !devices.policies.get(name));
  if (missing !== undefined) {
    return failure("ResourceNotFoundException", `There is no policy "${missing}"`);
  }
  const clientId = query.text("clientId");
  const own = principal === undefined ? [] : devices.policyNamesOf(principal, clientId ?? "");
  const names = [...new Set([...own, ...added])].filter((name) => !skipped.includes(name)).sort();
  const keys = await devices.keysOf(principal, clientId);
  const { policies } = devices.grants.ofNames(names);
  const authResults = questions.map(({ actionType, resources }) => {
    const action = actions[actionType];
    const answer = judgeQuestion(policies, { action, resources, keys });
    return { authInfo: { actionType, resources }, ...resultOf(call, answer) };
  });
  return { body: { authResults } };
}

function resultOf(call: IotCall, answer: AuthorizationAnswer): object {
  const { outcome, allowing, denying, silent, missingKeys } = answer;
  const named = (names: readonly string[]) =>
    names.map((policyName) => ({ policyName, policyArn: policyArn(call, policyName) }));
  return {
    allowed: { policies: named(allowing) },
    denied: {
      implicitDeny: { policies: named(silent) },
      explicitDeny: { policies: named(denying) },
    },
    authDecision: decisions[outcome],
    missingContextValues: missingKeys,
  };
}

function readQuestions(members: Members): Question[] {
  const given = members.structures("authInfos") ?? [];
  if (given.length === 0 || given.length > questionsMax) {
    members.report(`"authInfos" has ${given.length} entries, not 1 to ${questionsMax}`);
  }
  return given.map((one) => {
    const inside = new Members(one, "authInfos", ["actionType", "resources"]);
    const actionType = inside.choice("actionType", actionTypes) ?? "CONNECT";
    const resources = inside.texts("resources") ?? [];
    if (resources.length === 0) inside.report('"resources" is missing or empty');
    if (inside.problem !== undefined) members.report(inside.problem);
    return { actionType, resources };
  });
}
