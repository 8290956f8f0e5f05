/** iot ListAuthorizers: `GET /authorizers`, in the order of their names, or the reverse. */

import { fromBase64, textOrUndefined, toBase64, utf8 } from "../../base/mod.ts";
import { Query } from "../query.ts";
import { invalid, type Outcome } from "./answers.ts";
import { authorizerNamed } from "./authorizers.ts";
import type { IotCall } from "./operation.ts";

const members = ["pageSize", "marker", "isAscendingOrder", "status"];
const pageSizeMax = 250;

export function listAuthorizers(call: IotCall): Outcome {
  const query = new Query(call, "ListAuthorizers", members);
  const countMax = query.integer("pageSize", { min: 1, max: pageSizeMax }) ?? pageSizeMax;
  const isDescending = query.text("isAscendingOrder") === "false";
  const status = query.text("status");
  if (status !== undefined && status !== "ACTIVE" && status !== "INACTIVE") {
    query.report(`status "${status}" is neither ACTIVE nor INACTIVE`);
  }
  const marker = query.text("marker");
  const after = marker === undefined ? undefined : placeOf(marker);
  if (marker !== undefined && after === undefined) query.report(`marker "${marker}" is none`);
  if (query.problem) return invalid(query.problem);
  const all = call.ports.authorizers
    .list()
    .filter((one) => status === undefined || one.status === status);
  if (isDescending) all.reverse();
  const isBehind = (name: string) =>
    after === undefined || (isDescending ? name < after : name > after);
  const found = all.filter(({ name }) => isBehind(name));
  const page = found.slice(0, countMax);
  const last = page.at(-1);
  const nextMarker = last && found.length > countMax ? toBase64(utf8(last.name)) : undefined;
  return { body: { authorizers: page.map((one) => authorizerNamed(call, one)), nextMarker } };
}

function placeOf(marker: string): string | undefined {
  const bytes = fromBase64(marker);
  return bytes && textOrUndefined(bytes);
}
