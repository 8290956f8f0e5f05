/**
 * PutEvents: up to ten events. Each is taken or refused on its own; what is taken is on disk, with
 * everything that it causes, before the answer.
 */

import { utf8, WorldError } from "../../base/mod.ts";
import { busLimits, type EntryOutcome, type EventEntry } from "../../events/mod.ts";
import { busNameOf } from "./names.ts";
import {
  answer,
  type EventsOperation,
  type Input,
  inputProblem,
  invalid,
  type Members,
  type Refusal,
} from "./operation.ts";

const entryMembers: Members = {
  Source: "string",
  DetailType: "string",
  Detail: "string",
  EventBusName: "string",
  Resources: "list",
  Time: "number",
};

interface EntryError {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

export const putEvents: EventsOperation = {
  members: { Entries: "list" },
  async perform({ buses, input }) {
    const given = (input.Entries ?? []) as readonly Input[];
    const problem = problemOfEntries(given);
    if (problem) return { refusal: problem };
    const read = given.map(readEntry);
    const entries = read.filter((one): one is EventEntry => !("ErrorCode" in one));
    const outcomes = await putAll(() => buses.put(entries), entries.length);
    let next = 0;
    const Entries = read.map((one) =>
      "ErrorCode" in one ? one : resultOf(outcomes[next++]!, one.bus),
    );
    const failed = Entries.filter((one) => "ErrorCode" in one);
    return answer({ FailedEntryCount: failed.length, Entries });
  },
};

/** Too many deliveries are a throttle, which SDKs' users are told of for each entry. */
async function putAll(put: () => Promise<EntryOutcome[]>, count: number) {
  try {
    return await put();
  } catch (thrown) {
    const isThrottle = thrown instanceof WorldError && thrown.code === "TOO_MANY_DELIVERIES";
    if (!isThrottle) throw thrown;
    return new Array<EntryError>(count).fill({
      ErrorCode: "ThrottlingException",
      ErrorMessage: thrown.message,
    });
  }
}

function problemOfEntries(given: readonly unknown[]): Refusal | undefined {
  const { entriesMax, requestBytesMax } = busLimits;
  if (given.length < 1 || given.length > entriesMax) {
    return invalid(
      `1 validation error detected: Value of ${given.length} entries at 'entries' failed to ` +
        `satisfy constraint: Member must have length between 1 and ${entriesMax}`,
    ).refusal;
  }
  let bytes = 0;
  for (const entry of given) {
    if (typeof entry !== "object" || entry === null) return notMap.refusal;
    const problem = inputProblem("an entry", entryMembers, entry as Input);
    if (problem) return problem;
    bytes += bytesOf(entry as Input);
  }
  if (bytes <= requestBytesMax) return undefined;
  const message = "Total size of the entries in the request is over the limit.";
  return invalid(message).refusal;
}

const notMap = invalid("An entry must be a map");

/** [EventBridge: Calculating PutEvents event entry size] */
function bytesOf({ Time, Source, DetailType, Detail, Resources }: Input): number {
  const texts = [Source, DetailType, Detail, ...((Resources as unknown[] | undefined) ?? [])];
  const sizes = texts.map((text) => (typeof text === "string" ? utf8(text).length : 0));
  return sizes.reduce((sum, size) => sum + size, typeof Time === "number" ? 14 : 0);
}

function readEntry(entry: Input): EventEntry | EntryError {
  for (const member of ["Source", "DetailType", "Detail"]) {
    if (typeof entry[member] === "string" && entry[member] !== "") continue;
    return argument(member, `${member} is a required argument.`);
  }
  const { Source, DetailType, Detail, EventBusName, Time } = entry;
  const resources = (entry.Resources ?? []) as readonly unknown[];
  if (!resources.every((one): one is string => typeof one === "string")) {
    return argument("Resources", "Resources are texts.");
  }
  if (/^aws\./i.test(String(Source))) {
    return {
      ErrorCode: "NotAuthorizedForSourceException",
      ErrorMessage: "Not authorized for the source.",
    };
  }
  const timeMs = typeof Time === "number" ? Time * 1000 : undefined;
  if (timeMs !== undefined && Number.isNaN(new Date(timeMs).getTime())) {
    return argument("Time", "Time is no moment.");
  }
  return {
    bus: busNameOf(EventBusName),
    source: String(Source),
    detailType: String(DetailType),
    detail: String(Detail),
    resources,
    timeMs,
  };
}

function argument(member: string, reason: string): EntryError {
  return {
    ErrorCode: "InvalidArgument",
    ErrorMessage: `Parameter ${member} is not valid. Reason: ${reason}`,
  };
}

function resultOf(outcome: EntryOutcome | EntryError, bus: string): object {
  if ("ErrorCode" in outcome) return outcome;
  if (outcome.ok) return { EventId: outcome.eventId };
  if (outcome.problem === "detail") {
    return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  }
  return argument("EventBusName", `Event bus ${bus} does not exist.`);
}
