/**
 * The headers of a republish action: properties of the new message, for readers of MQTT 5.
 *
 * A template may come to something that no property can hold. Such a property is left out and
 * logged, and the message goes without it; AWS says nothing of this case.
 */

import { fieldBytesMax, topicNameProblem } from "@millrace/mqtt";
import { fromBase64, type LogFields, utf8 } from "../../base/mod.ts";
import type { Template } from "../../sql/mod.ts";
import type { RuleMessageProperties } from "../message.ts";
import { list, type MembersValue, object, required, template, text } from "../payload/members.ts";
import { type ActionInput, render } from "./action.ts";

const lengthMax = 1024;

const formats: ReadonlyMap<string, 0 | 1> = new Map([
  ["UNSPECIFIED_BYTES", 0],
  ["UTF8_DATA", 1],
]);

const members = {
  payloadFormatIndicator: template({ oneOf: [...formats.keys()] }),
  contentType: template({ lengthMax }),
  responseTopic: template({ lengthMax }),
  /** Base64. */
  correlationData: template({ lengthMax }),
  /** Seconds, in digits. */
  messageExpiry: template({ lengthMax }),
  userProperties: list(
    object({
      key: required(text({ lengthMax, mayBeEmpty: true })),
      value: required(template({ lengthMax })),
    }),
    1,
    100,
  ),
};

export const headersMember = object(members);

export type Headers = MembersValue<typeof members, Template>;

export interface RenderedHeaders {
  readonly properties: RuleMessageProperties;
  readonly expirySeconds?: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The properties that the headers come to for this message; what is not valid is left out. */
export async function renderHeaders(
  headers: Headers,
  input: ActionInput,
  told: LogFields,
): Promise<RenderedHeaders> {
  const properties: Mutable<RuleMessageProperties> = {};
  const drop = (header: string, value: string) => {
    input.logger.warn("republished without a header", { ...told, header, value });
  };
  const read = async <T>(name: string, source: Template | undefined, parse: Parse<T>) => {
    if (!source) return undefined;
    const rendered = await render(source, input);
    const value = parse(rendered);
    if (value === undefined) drop(name, rendered);
    return value;
  };
  const format = await read("payloadFormatIndicator", headers.payloadFormatIndicator, (name) =>
    formats.get(name),
  );
  if (format !== undefined) properties.payloadFormatIndicator = format;
  const contentType = await read("contentType", headers.contentType, mqttText);
  if (contentType !== undefined) properties.contentType = contentType;
  const responseTopic = await read("responseTopic", headers.responseTopic, topicName);
  if (responseTopic !== undefined) properties.responseTopic = responseTopic;
  const correlationData = await read("correlationData", headers.correlationData, correlation);
  if (correlationData) properties.correlationData = correlationData;
  const userProperties: [string, string][] = [];
  for (const { key, value: source } of headers.userProperties ?? []) {
    const value = await read(`userProperties ${key}`, source, mqttText);
    if (value !== undefined) userProperties.push([key, value]);
  }
  if (userProperties.length > 0) properties.userProperties = userProperties;
  const expirySeconds = await read("messageExpiry", headers.messageExpiry, seconds);
  return { properties, ...(expirySeconds !== undefined && { expirySeconds }) };
}

/** `undefined` for what is not valid. */
type Parse<T> = (text: string) => T | undefined;

/** Text of MQTT has no U+0000, no half of a surrogate pair, and a bound (MQTT 5, 1.5.4). */
function mqttText(text: string): string | undefined {
  const fits = utf8(text).length <= fieldBytesMax;
  return fits && text.isWellFormed() && !text.includes("\0") ? text : undefined;
}

function topicName(text: string): string | undefined {
  return topicNameProblem(text) ? undefined : text;
}

function correlation(text: string): Uint8Array | undefined {
  const bytes = fromBase64(text);
  return bytes && bytes.length <= fieldBytesMax ? bytes : undefined;
}

/** Four bytes of seconds (MQTT 5, 3.3.2.3.3). */
function seconds(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff ? Number(text) : undefined;
}
