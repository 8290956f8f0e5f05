/**
 * What Publish and SendDirectMessage have in common: the properties of MQTT 5 in query and headers,
 * and what the broker's refusal of a message means here.
 */

import { fieldBytesMax } from "@millrace/mqtt";
import { fromBase64, textOrUndefined, utf8 } from "../../base/mod.ts";
import type { MessageProperties, PublishOutcome } from "../../broker/mod.ts";
import type { Query } from "../query.ts";
import { type Failure, failure } from "./answers.ts";
import type { IotDataCall } from "./operation.ts";

export const propertyMembers = ["contentType", "responseTopic"] as const;

const headerPrefix = "x-amz-mqtt5-";
const userPropertiesHeader = `${headerPrefix}user-properties`;
const formatHeader = `${headerPrefix}payload-format-indicator`;
const correlationHeader = `${headerPrefix}correlation-data`;
const knownHeaders: ReadonlySet<string> = new Set([
  userPropertiesHeader,
  formatHeader,
  correlationHeader,
]);

const formats: ReadonlyMap<string, 0 | 1> = new Map([
  ["UNSPECIFIED_BYTES", 0],
  ["UTF8_DATA", 1],
]);

/** `undefined` when there are none. What is wrong is reported to the query. */
export function readProperties(
  { request: { headers } }: Pick<IotDataCall, "request">,
  query: Query,
): MessageProperties | undefined {
  for (const name of headers.keys()) {
    if (!name.startsWith(headerPrefix) || knownHeaders.has(name)) continue;
    query.report(`The header "${name}" is not implemented`);
  }
  const format = headers.get(formatHeader);
  const correlation = headers.get(correlationHeader);
  const userProperties = headers.get(userPropertiesHeader);
  const properties = {
    ...(format !== null && { payloadFormatIndicator: readFormat(format, query) }),
    ...(correlation !== null && { correlationData: readCorrelation(correlation, query) }),
    ...(userProperties !== null && { userProperties: readUserProperties(userProperties, query) }),
    ...readText("contentType", query),
    ...readText("responseTopic", query),
  };
  return Object.keys(properties).length > 0 ? properties : undefined;
}

/** What the refusal of a message by the broker means to the caller. */
export function failureOf({
  refusal,
  reason,
}: Extract<PublishOutcome, { accepted: false }>): Failure {
  switch (refusal) {
    case "topic-invalid":
    case "topic-reserved":
    case "property-too-large":
      return failure("InvalidRequestException", reason);
    case "not-authorized":
      // Which action on which topic is for the log alone, as on AWS.
      return failure("ForbiddenException", "Forbidden");
    case "payload-too-large":
      return failure("RequestEntityTooLargeException", reason);
    case "quota-exceeded":
      return failure("ThrottlingException", reason);
    case "not-stored":
      return failure("ServiceUnavailableException", reason);
  }
}

export function payloadTooLarge(bytesMax: number): Failure {
  const message = `The payload is larger than ${bytesMax} bytes`;
  return failure("RequestEntityTooLargeException", message);
}

function readText(name: (typeof propertyMembers)[number], query: Query) {
  const text = query.text(name);
  if (text === undefined) return {};
  if (!isMqttText(text)) query.report(`${name} is no text that MQTT can carry`);
  return { [name]: text };
}

function readFormat(text: string, query: Query): 0 | 1 {
  const format = formats.get(text);
  if (format === undefined) {
    query.report(`${formatHeader} "${text}" is neither ${[...formats.keys()].join(" nor ")}`);
  }
  return format ?? 0;
}

function readCorrelation(text: string, query: Query): Uint8Array | undefined {
  const data = fromBase64(text);
  if (!data) query.report(`${correlationHeader} is not base64`);
  return data;
}

/** Base64 of a JSON array of objects with one member each, whose value is a text. */
function readUserProperties(
  text: string,
  query: Query,
): MessageProperties["userProperties"] | undefined {
  const bytes = fromBase64(text);
  const list = bytes && parseArray(textOrUndefined(bytes));
  if (!list) {
    query.report(`${userPropertiesHeader} is no JSON array in base64`);
    return undefined;
  }
  const properties = list.map(readPair);
  if (properties.every((pair) => pair !== undefined)) return properties;
  query.report(`${userPropertiesHeader} must hold objects of one name and one text each`);
  return undefined;
}

function readPair(entry: unknown): readonly [name: string, value: string] | undefined {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return undefined;
  const [member, ...more] = Object.entries(entry);
  if (!member || more.length > 0) return undefined;
  const [name, value] = member;
  return typeof value === "string" && [name, value].every(isMqttText) ? [name, value] : undefined;
}

function parseArray(text: string | undefined): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // JSON.parse has no other way to say no
  }
}

/** Text of MQTT has no U+0000, no half of a surrogate pair, and a bound (MQTT 5, 1.5.4). */
function isMqttText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed() && utf8(text).length <= fieldBytesMax;
}
