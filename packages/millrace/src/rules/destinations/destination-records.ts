/** Destinations in storage, over the `Records` port: space `rule-destinations`, an id each. */

import { textOf, utf8 } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import { rulesLimits } from "../limits.ts";
import type { Destination } from "./destination.ts";

const space = "rule-destinations";

export async function readDestinations(records: Records): Promise<Destination[]> {
  const entries = await records.range({ space, countMax: rulesLimits.destinationsMax });
  return entries.map(({ value }) => JSON.parse(textOf(value)) as Destination);
}

/** Answers when it is durable; `undefined` deletes. */
export async function writeDestination(
  records: Records,
  id: string,
  destination: Destination | undefined,
): Promise<void> {
  const value = destination && utf8(JSON.stringify(destination));
  const change = { space, key: utf8(id), value };
  await records.update([], () => ({ changes: [change], result: undefined }));
}
