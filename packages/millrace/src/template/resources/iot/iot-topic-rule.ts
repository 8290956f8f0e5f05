/**
 * `AWS::IoT::TopicRule`. What the payload may say, the rules part knows and reads; the SQL and the
 * substitution templates are checked by it when the house is assembled, and their places are in
 * `Application.positions`.
 */

import { type ActionDefinition, propertyOf, readTopicRulePayload } from "../../../rules/mod.ts";
import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  type Resource,
} from "../../resource-type.ts";
import { any, object, required, text, type ValueOf } from "../../schema.ts";
import { findFunction, mayInvoke, nameOf } from "../lambda/function-reference.ts";
import { bucketType } from "../s3-bucket.ts";
import { tableTypes } from "../table.ts";
import { noteTags, tags } from "../tags.ts";

const ruleType = "AWS::IoT::TopicRule";

const properties = object({
  RuleName: text({
    pattern: /^[A-Za-z0-9_]{1,128}$/,
    form: "a rule name: 1 to 128 of A-Z a-z 0-9 _",
  }),
  TopicRulePayload: required(any({ numbersAsWritten: true })),
  Tags: tags,
});

type Rule = Resource<ValueOf<typeof properties>>;

export const iotTopicRule = defineResource({
  type: ruleType,
  properties,
  nameProperty: "RuleName",
  namespace: "rule",
  defaultName: (stackName, logicalId) => `${stackName.replace(/-/g, "_")}_${logicalId}`,
  ref: ({ name }) => name,
  attributes: { Arn: ruleArn },
  build(resource, draft) {
    const { identity, properties: given, mark, report } = resource;
    const payload = given.TopicRulePayload;
    noteTags(given.Tags, ruleType, draft);
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

/** What an action acts on must be in the template, unless messages say what that is. */
function checkTarget(action: ActionDefinition, path: Path, { resource, draft }: Context): void {
  if ("lambda" in action) {
    const { functionArn } = action.lambda;
    if (functionArn.includes("${")) return;
    checkFunction(functionArn, [...path, "Lambda", "FunctionArn"], { resource, draft });
    return;
  }
  const target = targetOf(action);
  if (!target || target.name.includes("${") || draft.find(target.types, target.name)) return;
  const message = `there is no ${target.what} '${target.name}' in this template`;
  resource.report([...path, ...target.path], message);
}

interface Target {
  readonly what: string;
  readonly types: readonly string[];
  readonly name: string;
  readonly path: Path;
}

function targetOf(action: ActionDefinition): Target | undefined {
  const table = { what: "table", types: Object.values(tableTypes) };
  if ("dynamoDB" in action) {
    return { ...table, name: action.dynamoDB.tableName, path: ["DynamoDB", "TableName"] };
  }
  if ("dynamoDBv2" in action) {
    const { tableName: name } = action.dynamoDBv2.putItem;
    return { ...table, name, path: ["DynamoDBv2", "PutItem", "TableName"] };
  }
  if (!("s3" in action)) return undefined;
  const bucket = { what: "bucket", types: [bucketType] };
  return { ...bucket, name: action.s3.bucketName, path: ["S3", "BucketName"] };
}

function checkFunction(functionArn: string, path: Path, { resource, draft }: Context): void {
  const target = findFunction(draft, functionArn);
  if (typeof target === "string") {
    resource.report(path, target);
    return;
  }
  if (mayInvoke(draft, target, "iot.amazonaws.com")) return;
  draft.note(
    `The rule '${resource.identity.name}' cannot invoke '${nameOf(target)}': ` +
      "an AWS::Lambda::Permission for iot.amazonaws.com is missing.",
  );
}
