/**
 * `AWS::IoT::TopicRule`. The SQL and the substitution templates are checked by the rules part when
 * the house is assembled; their places are in `Application.positions`.
 *
 * `ErrorAction` and every action but republish, Lambda and DynamoDBv2 are refused by name.
 */

import type { ActionDefinition } from "../../rules/mod.ts";
import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  type Resource,
} from "../resource-type.ts";
import {
  boolean,
  choice,
  exactlyOne,
  integer,
  list,
  object,
  required,
  text,
  type ValueOf,
} from "../schema.ts";
import { functionType } from "./function-schema.ts";
import { tableTypes } from "./table.ts";

export const sqlVersions = choice("2015-10-08", "2016-03-23");
/** What AWS takes when a rule names no version. */
export const sqlVersionDefault = "2015-10-08";

const roleArn = text({ pattern: /^arn:[^:]+:iam::\d{12}:role\/.+$/, form: "the ARN of a role" });

const properties = object({
  RuleName: text({
    pattern: /^[A-Za-z0-9_]{1,128}$/,
    form: "a rule name: 1 to 128 of A-Z a-z 0-9 _",
  }),
  TopicRulePayload: required(
    object({
      Sql: required(text()),
      AwsIotSqlVersion: sqlVersions,
      RuleDisabled: boolean(),
      Description: text(),
      Actions: required(
        list(
          exactlyOne({
            Republish: object({
              Topic: required(text()),
              RoleArn: required(roleArn),
              Qos: integer(0, 1),
            }),
            Lambda: object({ FunctionArn: required(text()) }),
            DynamoDBv2: object({
              PutItem: required(object({ TableName: required(text()) })),
              RoleArn: required(roleArn),
            }),
          }),
          { max: 10 },
        ),
      ),
    }),
  ),
});

type Rule = Resource<ValueOf<typeof properties>>;
type Action = ValueOf<typeof properties>["TopicRulePayload"]["Actions"][number];

export const iotTopicRule = defineResource({
  type: "AWS::IoT::TopicRule",
  properties,
  nameProperty: "RuleName",
  namespace: "rule",
  defaultName: (stackName, logicalId) => `${stackName.replace(/-/g, "_")}_${logicalId}`,
  ref: ({ name }) => name,
  attributes: { Arn: ruleArn },
  build(resource, draft) {
    const { identity, properties: given } = resource;
    const payload = given.TopicRulePayload;
    const key = `rule:${identity.name}`;
    const path = ["Properties", "TopicRulePayload"];
    resource.mark(key, []);
    resource.mark(`${key}:sql`, [...path, "Sql"]);
    const actions = payload.Actions.map((action, index) => {
      resource.mark(`${key}:action:${index}`, [...path, "Actions", index]);
      if (action.Republish) {
        const topic = [...path, "Actions", index, "Republish", "Topic"];
        resource.mark(`${key}:action:${index}:topic`, topic);
      }
      return readAction(action, { resource, draft, path: [...path, "Actions", index] });
    });
    draft.rules.push({
      name: identity.name,
      sql: payload.Sql,
      sqlVersion: payload.AwsIotSqlVersion ?? sqlVersionDefault,
      enabled: payload.RuleDisabled !== true,
      actions: actions.filter((action) => action !== undefined),
    });
  },
});

export function ruleArn({ partition, region, accountId, name }: Identity): string {
  return `arn:${partition}:iot:${region}:${accountId}:rule/${name}`;
}

interface ActionContext {
  readonly resource: Rule;
  readonly draft: Draft;
  readonly path: Path;
}

function readAction(action: Action, context: ActionContext): ActionDefinition | undefined {
  const { resource, draft, path } = context;
  if (action.Lambda) return readLambda(action.Lambda.FunctionArn, context);
  draft.noteNotEnforced("roles of functions and rules");
  if (action.Republish) {
    const { Topic: topic, Qos } = action.Republish;
    return { kind: "republish", topic, qos: Qos === 1 ? 1 : 0 };
  }
  const tableName = action.DynamoDBv2?.PutItem.TableName;
  if (tableName === undefined) return undefined;
  if (!draft.find(Object.values(tableTypes), tableName)) {
    const message = `there is no table '${tableName}' in this template`;
    resource.report([...path, "DynamoDBv2", "PutItem", "TableName"], message);
  }
  return { kind: "dynamoDBv2", tableName };
}

function readLambda(functionArn: string, context: ActionContext): ActionDefinition | undefined {
  const { resource, draft, path } = context;
  const target = draft.find([functionType], functionArn, ["Arn"]);
  if (!target) {
    const message = `there is no function '${functionArn}' in this template`;
    resource.report([...path, "Lambda", "FunctionArn"], message);
    return undefined;
  }
  const arn = ruleArn(resource.identity);
  const allowed = draft.permissions.some(
    (permission) =>
      permission.functionName === target.name &&
      permission.principal === "iot.amazonaws.com" &&
      matchesArn(permission.sourceArn ?? "*", arn),
  );
  if (!allowed) {
    draft.note(
      `On AWS the rule '${resource.identity.name}' could not invoke '${target.name}': ` +
        "an AWS::Lambda::Permission for iot.amazonaws.com is missing.",
    );
  }
  return { kind: "lambda", functionName: target.name };
}

/** `SourceArn` is compared as `ArnLike` does: `*` and `?` are wildcards. */
function matchesArn(pattern: string, arn: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(arn);
}
