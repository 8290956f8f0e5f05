/** TagResource: adds tags to a bus or a rule. */

import { busLimits } from "../../events/mod.ts";
import { isBus, readResource } from "./names.ts";
import { answer, type EventsOperation, isRefused, problemOf } from "./operation.ts";
import { readTags, type Tags, tooManyTags } from "./tags.ts";

export const tagResource: EventsOperation = {
  members: { ResourceARN: "string", Tags: "list" },
  async perform(call) {
    const found = readResource(call);
    if ("refusal" in found) return found;
    const read = readTags(call.input.Tags);
    if (isRefused(read)) return read;
    const all = { ...found.tags, ...read.tags };
    if (Object.keys(all).length > busLimits.tagsMax) return tooManyTags;
    const change = (tags: Tags) => ({ ...tags, ...read.tags });
    const { catalogue } = call.buses;
    const [bus, rule] = isBus(found) ? [found.name] : [found.definition.bus, found.definition.name];
    const problem = await (rule === undefined
      ? catalogue.setBusTags(bus!, change)
      : catalogue.setRuleTags(bus!, rule, change));
    return problem ? problemOf(problem, { bus: bus!, rule: rule ?? "" }) : answer();
  },
};
