/**
 * `AWS::IoT::TopicRule`. What the payload may say, the rules part knows and reads; the SQL and the
 * substitution templates are checked by it when the house is assembled, and their places are in
 * `Application.positions`.
 */

import { type ActionDefinition, propertyOf, readTopicRulePayload } from "../../rules/mod.ts";
import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  type Resource,
} from "../resource-type.ts";
import { any, object, required, text, type ValueOf } from "../schema.ts";
import { functionType } from "./function-schema.ts";
import { tableTypes } from "./table.ts";

const properties = object({
  RuleName: text({
    pattern: /^[A-Za-z0-9_]{1,128}$/,
    form: "a rule name: 1 to 128 of A-Z a-z 0-9 _",
  }),
  TopicRulePayload: required(any({ numbersAsWritten: true })),
});

type Rule = Resource<ValueOf<typeof properties>>;

export const iotTopicRule = defineResource({
  type: "AWS::IoT::TopicRule",
  properties,
  nameProperty: "RuleName",
  namespace: "rule",
  defaultName: (stackName, logicalId) => `${stackName.replace(/-/g, "_")}_${logicalId}`,
  ref: ({ name }) => name,
  attributes: { Arn: ruleArn },
  build(resource, draft) {
    const { identity, properties: given, mark, report } = resource;
    const payload = given.TopicRulePayload;
    const path = ["Properties", "TopicRulePayload"];
    const key = `rule:${identity.name}`;
    mark(key, []);
    const read = readTopicRulePayload(identity.name, payload, "template");
    if (!read.ok) {
      for (const { path: inside, message } of read.errors) report([...path, ...inside], message);
      return;
    }
    const { definition } = read;
    markTexts(payload, [], (inside) => mark(`${key}:${apiProperty(inside)}`, [...path, ...inside]));
    for (const [at, action] of definition.actions.entries()) {
      checkTarget(action, [...path, "Actions", at], { resource, draft });
    }
    if (definition.errorAction) {
      checkTarget(definition.errorAction, [...path, "ErrorAction"], { resource, draft });
    }
    draft.rules.push(definition);
  },
});

export function ruleArn({ partition, region, accountId, name }: Identity): string {
  return `arn:${partition}:iot:${region}:${accountId}:rule/${name}`;
}

/** Calls `mark` for everything inside the value. */
function markTexts(value: unknown, path: Path, mark: (path: Path) => void): void {
  if (path.length > 0) mark(path);
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    markTexts(member, [...path, Array.isArray(value) ? Number(key) : key], mark);
  }
}

/** `Actions[0].Republish.Topic` is `actions[0].republish.topic` to the rules. */
function apiProperty(path: Path): string {
  return propertyOf(
    path.map((step) =>
      typeof step === "string" ? step.charAt(0).toLowerCase() + step.slice(1) : step,
    ),
  );
}

interface Context {
  readonly resource: Rule;
  readonly draft: Draft;
}

/** What an action acts on must be in the template, where it can be told. */
function checkTarget(action: ActionDefinition, path: Path, { resource, draft }: Context): void {
  if ("lambda" in action) {
    checkFunction(action.lambda.functionArn, [...path, "Lambda", "FunctionArn"], {
      resource,
      draft,
    });
    return;
  }
  draft.noteNotEnforced("roles");
  const table = tableOf(action);
  if (!table || draft.find(Object.values(tableTypes), table.name)) return;
  const message = `there is no table '${table.name}' in this template`;
  resource.report([...path, ...table.path], message);
}

function tableOf(action: ActionDefinition): { name: string; path: Path } | undefined {
  if ("dynamoDB" in action) {
    return { name: action.dynamoDB.tableName, path: ["DynamoDB", "TableName"] };
  }
  if (!("dynamoDBv2" in action)) return undefined;
  const { tableName: name } = action.dynamoDBv2.putItem;
  return { name, path: ["DynamoDBv2", "PutItem", "TableName"] };
}

function checkFunction(functionArn: string, path: Path, { resource, draft }: Context): void {
  const target = draft.find([functionType], functionArn, ["Arn"]);
  if (!target) {
    resource.report(path, `there is no function '${functionArn}' in this template`);
    return;
  }
  const arn = ruleArn(resource.identity);
  const allowed = draft.permissions.some(
    (permission) =>
      permission.functionName === target.name &&
      permission.principal === "iot.amazonaws.com" &&
      matchesArn(permission.sourceArn ?? "*", arn),
  );
  if (allowed) return;
  draft.note(
    `On AWS the rule '${resource.identity.name}' could not invoke '${target.name}': ` +
      "an AWS::Lambda::Permission for iot.amazonaws.com is missing.",
  );
}

/** `SourceArn` is compared as `ArnLike` does: `*` and `?` are wildcards. */
function matchesArn(pattern: string, arn: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(arn);
}
