/** TestEventPattern: whether an event, as JSON, matches a pattern. */

import {
  compilePatternText,
  formatPatternProblem,
  isEventObject,
  readEvent,
} from "../../patterns/mod.ts";
import {
  answer,
  type EventsOperation,
  isRefused,
  notValid,
  refuse,
  required,
} from "./operation.ts";

/** Without these it is no event. [EventBridge API: TestEventPattern, Event] */
const eventMembers = ["id", "account", "source", "time", "region", "resources", "detail-type"];

export const testEventPattern: EventsOperation = {
  members: { EventPattern: "string", Event: "string" },
  perform({ input }) {
    const pattern = required<string>(input, "EventPattern");
    if (isRefused(pattern)) return pattern;
    const text = required<string>(input, "Event");
    if (isRefused(text)) return text;
    const event = readEvent(text);
    if (!isEventObject(event)) return notValid("Event", "it is no map of JSON");
    const missing = eventMembers.filter((member) => !Object.hasOwn(event, member));
    if (missing.length > 0) return notValid("Event", `it lacks ${missing.join(", ")}`);
    const compiled = compilePatternText(pattern);
    if (compiled.ok) return answer({ Result: compiled.pattern.matches(event) });
    const reason = formatPatternProblem(compiled.problems[0]!);
    const message = `Event pattern is not valid. Reason: ${reason}`;
    return refuse("InvalidEventPatternException", message);
  },
};
