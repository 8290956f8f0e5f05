/**
 * HTTP: the output is posted to a URL, alone or, where batching is on, in an array with others.
 *
 * Only to destinations that are confirmed. All attempts together have three seconds; another one is
 * made only when the answer was 429 or 5xx and short. So the acknowledgement of a message waits for
 * an endpoint that long at most, and the time that a batch stays open.
 */

import type { Template } from "../../sql/mod.ts";
import { isUnder, urlProblem } from "../destinations/url.ts";
import {
  boolean,
  integer,
  list,
  missing,
  object,
  required,
  template,
  text,
} from "../payload/members.ts";
import { type ActionInput, defineAction, failing, type Prepared, render } from "./action.ts";
import { BatchSender } from "./http-batch.ts";
import { HttpSender } from "./http-sender.ts";

const lengthMax = 2000;

/** Headers that say where a request goes and how long it is: nobody else's to set. */
const ownHeaders = new Set(["connection", "content-length", "host", "transfer-encoding"]);

export const http = defineAction({
  failedName: "HttpAction",
  resource: "url",
  members: {
    url: required(template({ lengthMax })),
    confirmationUrl: template({ lengthMax }),
    headers: list(
      object({
        key: required(text({ pattern: /^[!#$%&'*+.^`|~\w-]{1,256}$/, form: "a header's name" })),
        value: required(template()),
      }),
      0,
      100,
    ),
    auth: missing(),
    enableBatching: boolean(),
    batchConfig: object({
      maxBatchOpenMs: integer(5, 200),
      maxBatchSize: integer(2, 10),
      maxBatchSizeBytes: integer(100, 131_072),
      batchAcrossTopics: boolean(),
    }),
  },
  load(settings, { ports, refuse }, given) {
    const services = ports.http;
    if (!services) refuse("url", 'action "http" needs a client, which is not there');
    checkUrls(given, refuse);
    for (const [at, { key }] of (given.headers ?? []).entries()) {
      const isOwn = ownHeaders.has(key.toLowerCase());
      if (isOwn) refuse(`headers[${at}].key`, `header "${key}" is made by the request itself`);
    }
    const { url: urlTemplate, confirmationUrl, headers = [], batchConfig = {} } = settings;
    const sender = new HttpSender((request) => services!.send(request));
    const batches = settings.enableBatching ? new BatchSender(sender, batchConfig) : undefined;
    return {
      ...(batches && { isBatched: true }),
      destinations: destinationsOf(given),
      async prepare(input) {
        const url = await render(urlTemplate, input);
        const confirmed = confirmationUrl ? await render(confirmationUrl, input) : url;
        const problem = urlProblem(url) ?? services?.destinations.problemOf(confirmed);
        if (problem) return failing(url, problem);
        if (!isUnder(url, confirmed)) {
          return failing(url, `"${url}" does not begin with its confirmation URL "${confirmed}"`);
        }
        const rendered = await renderHeaders(headers, input);
        if (typeof rendered === "string") return failing(url, rendered);
        const item = { url, headers: rendered, input };
        const send = (): ReturnType<Prepared["perform"]> =>
          batches ? batches.send(item) : sender.sendAlone(item);
        return { resource: url, perform: send };
      },
    };
  },
});

interface Urls {
  readonly url: string;
  readonly confirmationUrl?: string;
}

const hasTemplate = (source: string) => source.includes("${");

/** The URL that must be confirmed before anything is sent; none when messages make it. */
function destinationsOf({ url, confirmationUrl = url }: Urls): string[] {
  return hasTemplate(confirmationUrl) ? [] : [confirmationUrl];
}

/** What can be told of the URLs without a message. */
function checkUrls(
  { url, confirmationUrl }: Urls,
  refuse: (member: string, message: string) => void,
): void {
  if (hasTemplate(url) && confirmationUrl === undefined) {
    refuse("url", "a url with substitution templates needs a confirmationUrl");
  }
  const problem = hasTemplate(url) ? undefined : urlProblem(url);
  if (problem) refuse("url", problem);
  if (confirmationUrl === undefined || hasTemplate(confirmationUrl)) return;
  const unfit = urlProblem(confirmationUrl);
  if (unfit) refuse("confirmationUrl", unfit);
  const [start = ""] = url.split("${");
  const mayFit = start.startsWith(confirmationUrl) || confirmationUrl.startsWith(start);
  const fits = hasTemplate(url) ? mayFit : isUnder(url, confirmationUrl);
  if (!fits) refuse("confirmationUrl", `url does not begin with "${confirmationUrl}"`);
}

/** Names and values, or why a value can be in no header. */
async function renderHeaders(
  headers: readonly { readonly key: string; readonly value: Template }[],
  input: ActionInput,
): Promise<[string, string][] | string> {
  const rendered: [string, string][] = [];
  for (const { key, value: source } of headers) {
    const value = await render(source, input);
    if (!/^[\t\x20-\x7e]*$/.test(value)) return `the value of header "${key}" is no header's value`;
    rendered.push([key, value]);
  }
  return rendered;
}
