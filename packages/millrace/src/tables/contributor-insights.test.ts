/** What is switched is there after a start, and goes with its index. */

import { expect, test } from "bun:test";
import type { TableDefinition } from "./mod.ts";
import { caller, must, openTables, startTables } from "./table-fixture.ts";

const key = [{ AttributeName: "a", KeyType: "HASH" }];
const index = { IndexName: "byA", KeySchema: key, Projection: { ProjectionType: "ALL" } };
const on = { TableName: "made", ContributorInsightsAction: "ENABLE" };
const enabled = { ContributorInsightsStatus: "ENABLED" };

async function made() {
  const { tables, records } = await openTables();
  const call = caller(tables);
  await call("CreateTable", {
    TableName: "made",
    AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
    KeySchema: key,
    BillingMode: "PAY_PER_REQUEST",
    GlobalSecondaryIndexes: [index],
  });
  await call("UpdateContributorInsights", { ...on, IndexName: "byA" });
  return { call, records };
}

test("contributor insights are as they were after a start", async () => {
  const { records } = await made();
  const call = caller(await startTables(records));
  const asked = { TableName: "made", IndexName: "byA" };
  expect(await call("DescribeContributorInsights", asked)).toMatchObject(enabled);
});

test("an index that is made anew has no contributor insights", async () => {
  const { call } = await made();
  const update = (one: object) =>
    call("UpdateTable", { TableName: "made", GlobalSecondaryIndexUpdates: [one] });
  await call("UpdateContributorInsights", on);
  await update({ Delete: { IndexName: "byA" } });
  const list = () => call("ListContributorInsights", {});
  const left = { ContributorInsightsSummaries: [{ TableName: "made", ...enabled }] };
  expect(await list()).toMatchObject(left);
  await call("UpdateTable", {
    TableName: "made",
    AttributeDefinitions: [{ AttributeName: "a", AttributeType: "S" }],
    GlobalSecondaryIndexUpdates: [{ Create: index }],
  });
  expect(await list()).toMatchObject(left);
  expect(
    ((await list()) as { ContributorInsightsSummaries: [] }).ContributorInsightsSummaries,
  ).toHaveLength(1);
});

test("a list goes on behind what is switched off meanwhile", async () => {
  const { call } = await made();
  await call("UpdateContributorInsights", on);
  const page = async (asked: object) =>
    (await call("ListContributorInsights", { MaxResults: 1, ...asked })) as {
      ContributorInsightsSummaries: { IndexName?: string }[];
      NextToken?: string;
    };
  const { ContributorInsightsSummaries: first, NextToken } = await page({});
  expect(first.map(({ IndexName }) => IndexName)).toEqual([undefined]);
  await call("UpdateContributorInsights", { ...on, ContributorInsightsAction: "DISABLE" });
  const { ContributorInsightsSummaries: second, NextToken: end } = await page({ NextToken });
  expect(second.map(({ IndexName }) => IndexName)).toEqual(["byA"]);
  expect(end).toBeUndefined();
});

test("a table of the template has the contributor insights that the template says", async () => {
  const { tables, clock } = await openTables();
  const call = caller(tables);
  const definition: TableDefinition = {
    name: "told",
    partitionKey: { name: "a", type: "S" },
    insights: { "": "THROTTLED_KEYS" },
  };
  await must(tables.define(definition));
  const began = clock.now() / 1000;
  const described = () => call("DescribeContributorInsights", { TableName: "told" });
  const told = { ...enabled, ContributorInsightsMode: "THROTTLED_KEYS" };
  clock.advance(1000);
  await must(tables.define(definition));
  expect(await described()).toMatchObject({ ...told, LastUpdateDateTime: began });
  await call("UpdateContributorInsights", { ...on, TableName: "told" });
  await must(tables.define(definition));
  expect(await described()).toMatchObject({ ...told, LastUpdateDateTime: began + 1 });
  const { insights: _, ...without } = definition;
  await must(tables.define(without));
  expect(await described()).toMatchObject({ ContributorInsightsStatus: "DISABLED" });
});
