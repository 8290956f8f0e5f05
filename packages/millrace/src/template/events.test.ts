import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTemplate } from "./mod.ts";

async function load(resources: string) {
  const folder = mkdtempSync(join(tmpdir(), "millrace-template-"));
  try {
    mkdirSync(join(folder, "handlers"));
    writeFileSync(join(folder, "handlers/app.mjs"), "export const handler = () => 1;\n");
    const path = join(folder, "template.yaml");
    writeFileSync(path, `Transform: AWS::Serverless-2016-10-31\n${resources}`);
    const account = { region: "eu-central-1", accountId: "111122223333" };
    const result = await loadTemplate({ path, ...account, stackName: "test" });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.application;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const here = "eu-central-1:111122223333";
const functionArn = `arn:aws:lambda:${here}:function:f`;
const f = `
  F:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: f, Handler: app.handler, CodeUri: handlers, Runtime: nodejs22.x`;

test("buses and rules with their targets, and what refers to them", async () => {
  const { eventBuses, eventRules, outputs, notes } = await load(`
Resources:
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: orders, Tags: [{ Key: a, Value: b }] } }
  Log: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /aws/events/all } }
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: { source: [shop], detail: { price: [{ numeric: [">", 5] }] } }
      Targets:
        - Id: log
          Arn: !Sub "arn:aws:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${Log}"
          RetryPolicy: { MaximumRetryAttempts: 3 }
        - { Id: f, Arn: !GetAtt F.Arn, InputPath: $.detail }
  Daily:
    Type: AWS::Events::Rule
    Properties: { Name: daily, ScheduleExpression: rate(1 day), State: DISABLED }
${f} }
Outputs:
  Bus: { Value: !GetAtt Bus.Arn }
  Ref: { Value: !Ref Rule }
  Arn: { Value: !GetAtt Rule.Arn }
  Daily: { Value: !Sub "\${Daily} \${Daily.Arn}" }
`);
  expect(eventBuses).toEqual([{ name: "orders", description: undefined, tags: { a: "b" } }]);
  expect(JSON.parse(JSON.stringify(eventRules))).toEqual([
    {
      bus: "orders",
      name: "test-Rule",
      pattern: '{"source":["shop"],"detail":{"price":[{"numeric":[">",5]}]}}',
      isEnabled: true,
      targets: [
        {
          id: "log",
          arn: `arn:aws:logs:${here}:log-group:/aws/events/all`,
          retry: { attemptsMax: 3 },
        },
        { id: "f", arn: functionArn, inputPath: "$.detail" },
      ],
    },
    { bus: "default", name: "daily", schedule: "rate(1 day)", isEnabled: false, targets: [] },
  ]);
  expect(outputs).toEqual({
    Bus: `arn:aws:events:${here}:event-bus/orders`,
    Ref: "orders|test-Rule",
    Arn: `arn:aws:events:${here}:rule/orders/test-Rule`,
    Daily: `daily arn:aws:events:${here}:rule/daily`,
  });
  expect(notes.join("\n")).toContain(
    "The rule 'test-Rule' cannot invoke 'f': an AWS::Lambda::Permission for events.amazonaws.com",
  );
});

test("events of functions become rules, with the permission to call the function", async () => {
  const { eventRules, permissions, outputs, notes } = await load(`
Resources:
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: orders } }
${f},
      Events: {
        Sold: { Type: EventBridgeRule, Properties: {
          EventBusName: !Ref Bus, Pattern: { source: [shop] }, Target: { Id: mine },
          InputTransformer: { InputPathsMap: { p: $.detail.p }, InputTemplate: "<p>" } } },
        Old: { Type: CloudWatchEvent, Properties: {
          Pattern: { source: [old] }, Enabled: false, InputPath: $.detail } },
        Tick: { Type: Schedule, Properties: {
          Schedule: rate(5 minutes), Name: tick, Input: '{"a":1}', State: ENABLED } }
      } }
Outputs:
  Sold: { Value: !GetAtt FSold.Arn }
  Tick: { Value: !Ref FTick }
`);
  expect(JSON.parse(JSON.stringify(eventRules))).toEqual([
    {
      bus: "orders",
      name: "test-FSold",
      pattern: '{"source":["shop"]}',
      isEnabled: true,
      targets: [
        {
          id: "mine",
          arn: functionArn,
          transformer: { paths: { p: "$.detail.p" }, template: "<p>" },
        },
      ],
    },
    {
      bus: "default",
      name: "test-FOld",
      pattern: '{"source":["old"]}',
      isEnabled: false,
      targets: [{ id: "FOldLambdaTarget", arn: functionArn, inputPath: "$.detail" }],
    },
    {
      bus: "default",
      name: "tick",
      schedule: "rate(5 minutes)",
      isEnabled: true,
      targets: [{ id: "FTickLambdaTarget", arn: functionArn, input: '{"a":1}' }],
    },
  ]);
  const arnOf = (rule: string) => `arn:aws:events:${here}:rule/${rule}`;
  expect(permissions).toEqual(
    ["orders/test-FSold", "test-FOld", "tick"].map((rule) => ({
      functionName: "f",
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: arnOf(rule),
    })),
  );
  expect(outputs).toEqual({ Sold: arnOf("orders/test-FSold"), Tick: "tick" });
  expect(notes.join("\n")).not.toContain("cannot invoke");
});
