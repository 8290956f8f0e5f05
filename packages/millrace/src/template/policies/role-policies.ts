/** Policies that a template names instead of writing them: as documents, or what is wrong. */

import { assert, memberOf, suggest } from "../../base/mod.ts";
import type { NamedPolicy } from "../../identity/mod.ts";
import { type PolicyDocument, parsePolicyDocument } from "../../policy/mod.ts";
import type { Surroundings } from "../surroundings.ts";
import { managedPolicy, managedPolicyNames } from "./managed-policies.ts";
import { policyTemplates, type TemplateStatement } from "./sam-policies.ts";

/** The managed policy of that name or ARN, or why there is none. */
export function readManagedPolicy(nameOrArn: string): NamedPolicy | string {
  const document = managedPolicy(nameOrArn);
  if (document) return { name: nameOrArn, document: parsed(document) };
  const name = nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
  const hint = suggest(name, managedPolicyNames);
  return `the managed policy '${nameOrArn}' is not implemented${hint}`;
}

/** What SAM makes of one of its policy templates, or what is wrong with it. */
export function readPolicyTemplate(
  name: string,
  given: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
): NamedPolicy | string {
  const template = memberOf(policyTemplates, name);
  if (!template) {
    const hint = suggest(name, Object.keys(policyTemplates));
    return `the policy template '${name}' is not implemented${hint}`;
  }
  const { parameters, statements } = template;
  const extra = Object.keys(given).find((one) => !parameters.includes(one));
  if (extra) return `the policy template '${name}' has no parameter '${extra}'`;
  const missing = parameters.find((one) => typeof given[one] !== "string");
  if (missing) return `the policy template '${name}' needs '${missing}', a text`;
  const { partition, region, accountId } = surroundings;
  const values = { ...given, "AWS::Partition": partition } as Record<string, string>;
  const documented = statements.map(({ service, actions, resources }: TemplateStatement) => ({
    Effect: "Allow",
    Action: actions.map((action) => `${service}:${action}`),
    Resource: resources.map((resource) => {
      const text = resource.replace(/\{([\w:]+)\}/g, (_, key: string) => values[key]!);
      if (text === "*" || text.startsWith("arn:")) return text;
      return `arn:${partition}:${service}:${region}:${accountId}:${text}`;
    }),
  }));
  const result = parsePolicyDocument({ Version: "2012-10-17", Statement: documented }, "identity");
  if (result.ok) return { name, document: result.document };
  return `the policy template '${name}': ${result.problems[0]!.message}`;
}

function parsed(document: object): PolicyDocument {
  const result = parsePolicyDocument(document, "identity");
  assert(result.ok, "a managed policy is right");
  return result.document;
}
