/**
 * UpdateContributorInsights, DescribeContributorInsights and ListContributorInsights: whether the
 * keys on which most is spent are asked for, of a table or a global index.
 *
 * They are counted in any case, and told in the capacity report. What is switched here is kept, so
 * that a tool finds what it has asked for; rules of CloudWatch, which the answers could name, there
 * are none.
 */

import { refuse, refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import {
  describeInsightsShape,
  listInsightsShape,
  updateInsightsShape,
} from "../request/feature-shapes.ts";
import { readRequest } from "../request/read.ts";
import type { Insights, Table } from "../store/table.ts";
import type { Operation } from "./operation.ts";

const listMax = 100;

/** The status is that of the way there; the next request finds it arrived. */
export const updateContributorInsights: Operation = async ({ catalog, clock }, request) => {
  const input = readRequest(updateInsightsShape, request);
  const { IndexName, ContributorInsightsAction: action } = input;
  const table = catalog.findByName(input.TableName);
  const part = partOf(table, IndexName);
  const { ContributorInsightsMode: mode = "ACCESSED_AND_THROTTLED_KEYS" } = input;
  const insights: Insights = {
    updatedMs: clock.now(),
    ...(action === "ENABLE" && { mode }),
  };
  await catalog.change(table, (state) => {
    return { ...state, insights: { ...state.insights, [part]: insights } };
  });
  return {
    ...named(table, part),
    ContributorInsightsStatus: action === "ENABLE" ? "ENABLING" : "DISABLING",
    ...(action === "ENABLE" && { ContributorInsightsMode: mode }),
  };
};

export const describeContributorInsights: Operation = async ({ catalog }, request) => {
  const { TableName, IndexName } = readRequest(describeInsightsShape, request);
  const table = catalog.findByName(TableName);
  const part = partOf(table, IndexName);
  const insights = table.state.insights?.[part];
  return {
    ...named(table, part),
    ContributorInsightsRuleList: [],
    ContributorInsightsStatus: insights?.mode ? "ENABLED" : "DISABLED",
    ...(insights && { LastUpdateDateTime: insights.updatedMs / 1000 }),
    ...(insights?.mode && { ContributorInsightsMode: insights.mode }),
  };
};

/** Those that are switched on, by name of the table, then of the index. */
export const listContributorInsights: Operation = async ({ catalog }, request) => {
  const { TableName, MaxResults, NextToken } = readRequest(listInsightsShape, request);
  const tables =
    TableName === undefined
      ? catalog.names().map((name) => catalog.find(name))
      : [catalog.findByName(TableName)];
  const all = tables.flatMap(enabledParts);
  const start = NextToken === undefined ? 0 : startOf(all, NextToken);
  const count = MaxResults !== undefined && MaxResults > 0 ? MaxResults : listMax;
  const page = all.slice(start, start + count);
  const cut = start + page.length < all.length;
  return {
    ContributorInsightsSummaries: page,
    ...(cut && { NextToken: tokenOf(page.at(-1)!) }),
  };
};

/** `""` of the table itself; refuses an index that it does not have. */
function partOf({ definition }: Table, indexName: string | undefined): string {
  if (indexName === undefined) return "";
  const global = definition.indexes?.filter(({ scope }) => scope === "global");
  if (global?.some(({ name }) => name === indexName)) return indexName;
  return refuse("ResourceNotFoundException", messages.tableNotFound);
}

function named({ definition }: Table, part: string) {
  return { TableName: definition.name, ...(part !== "" && { IndexName: part }) };
}

type Summary = ReturnType<typeof enabledParts>[number];

function enabledParts(table: Table) {
  const parts = Object.entries(table.state.insights ?? {}).sort(([left], [right]) =>
    left < right ? -1 : 1,
  );
  return parts.flatMap(([part, { mode }]) =>
    mode
      ? [
          {
            ...named(table, part),
            ContributorInsightsStatus: "ENABLED",
            ContributorInsightsMode: mode,
          },
        ]
      : [],
  );
}

function tokenOf({ TableName, IndexName = "" }: Summary): string {
  return Buffer.from(`${TableName}/${IndexName}`).toString("base64");
}

/** Behind what the token stands for, also when that is switched on no more. */
function startOf(all: readonly Summary[], token: string): number {
  const [name, part, ...rest] = Buffer.from(token, "base64").toString().split("/");
  if (!name || part === undefined || rest.length > 0)
    return refuseInvalid(messages.nextTokenInvalid);
  const behind = ({ TableName, IndexName = "" }: Summary) =>
    TableName === name ? IndexName > part : TableName > name;
  const at = all.findIndex(behind);
  return at < 0 ? all.length : at;
}
