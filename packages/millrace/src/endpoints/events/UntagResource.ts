/** UntagResource: takes tags from a bus or a rule. */

import { isBus, readResource } from "./names.ts";
import { answer, type EventsOperation, isRefused, problemOf, required } from "./operation.ts";
import type { Tags } from "./tags.ts";

export const untagResource: EventsOperation = {
  members: { ResourceARN: "string", TagKeys: "list" },
  async perform(call) {
    const found = readResource(call);
    if ("refusal" in found) return found;
    const keys = required<readonly unknown[]>(call.input, "TagKeys");
    if (isRefused(keys)) return keys;
    const change = (tags: Tags) =>
      Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
    const { catalogue } = call.buses;
    if (isBus(found)) {
      const problem = await catalogue.setBusTags(found.name, change);
      return problem ? problemOf(problem, { bus: found.name }) : answer();
    }
    const { bus, name: rule } = found.definition;
    const problem = await catalogue.setRuleTags(bus, rule, change);
    return problem ? problemOf(problem, { bus, rule }) : answer();
  },
};
