/**
 * Integrations of type MOCK: an answer that the template writes out, which is what the CDK makes of
 * `defaultCorsPreflightOptions`.
 *
 * Of mapping templates those are read that say nothing but a status, a text without `$` and `#`,
 * or, as the CDK writes it, to which further origins the answer is for. Others are refused.
 */

import type { FixedAnswer } from "../../../../gateway/mod.ts";
import type { Path } from "../../../resource-type.ts";
import {
  choice,
  dictionary,
  integer,
  list,
  object,
  required,
  text,
  type ValueOf,
} from "../../../schema.ts";
import type { Method } from "./rest-method.ts";

const status = text({ pattern: /^[2-5]\d\d$/, form: "a status of 200 to 599" });

const contentHandling = choice("CONVERT_TO_TEXT", "CONVERT_TO_BINARY");

const response = object({
  ContentHandling: contentHandling,
  StatusCode: required(status),
  SelectionPattern: text(),
  ResponseParameters: dictionary(text()),
  ResponseTemplates: dictionary(text()),
});

/** Of functions, too; what maps requests and answers is not looked at with AWS_PROXY, as on AWS. */
export const integration = object({
  Type: required(choice("AWS_PROXY", "MOCK", "AWS", "HTTP", "HTTP_PROXY")),
  Uri: text(),
  IntegrationHttpMethod: text(),
  TimeoutInMillis: integer(50, 29_000),
  ConnectionType: choice("INTERNET"),
  ContentHandling: contentHandling,
  PassthroughBehavior: choice("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"),
  RequestTemplates: dictionary(text()),
  IntegrationResponses: list(response),
  ResponseTransferMode: choice("BUFFERED", "STREAM"),
});

type Response = ValueOf<typeof response>;

const atIntegration: Path = ["Properties", "Integration"];

/** `undefined`: it would not answer, or not be known how, which was reported. */
export function readMock(method: Method): FixedAnswer | undefined {
  const { Integration: given } = method.properties;
  refuseBytes(method, given, atIntegration);
  const wanted = readStatus(method);
  const index = wanted === undefined ? -1 : selectResponse(method, wanted);
  if (index < 0) return undefined;
  const found = given.IntegrationResponses![index]!;
  const at = [...atIntegration, "IntegrationResponses", index];
  refuseBytes(method, found, at);
  checkDeclared(method, found, at);
  const templated = readTemplates(method, found, at);
  const { PassthroughBehavior: passthrough = "WHEN_NO_MATCH" } = given;
  return {
    status: Number(found.StatusCode),
    headers: { ...templated?.headers, ...readHeaders(method, found, at) },
    ...(templated?.body !== undefined && { body: templated.body }),
    ...(templated?.origins && { origins: templated.origins }),
    mediaTypes: Object.keys(given.RequestTemplates!).map((type) => type.toLowerCase()),
    ...(passthrough !== "WHEN_NO_MATCH" && { otherTypes: "refused" }),
  };
}

interface Converting {
  readonly ContentHandling?: ValueOf<typeof contentHandling>;
}

/** Of an integration, or of one of its responses. */
export function refuseBytes({ report }: Method, given: Converting, at: Path): void {
  if (given.ContentHandling !== "CONVERT_TO_BINARY") return;
  const message = "'ContentHandling: CONVERT_TO_BINARY' is not implemented";
  report([...at, "ContentHandling"], message);
}

/** Quotes may be left out, as the CDK does. */
const statusTemplate = /^\s*\{\s*(["']?)statusCode\1\s*:\s*(\d{3})\s*\}\s*$/;

/** The status that the request's templates come to, which chooses the response. */
function readStatus({ properties, report }: Method): string | undefined {
  const { RequestTemplates: templates = {} } = properties.Integration;
  const found = new Set<string>();
  for (const [type, template] of Object.entries(templates)) {
    const code = statusTemplate.exec(template)?.[2];
    if (code !== undefined) found.add(code);
    else {
      const form = 'the template of a MOCK is {"statusCode": 200}, with any status';
      const message = `${form}; no other is implemented`;
      report([...atIntegration, "RequestTemplates", type], message);
    }
  }
  const [code, ...others] = found;
  if (others.length > 0) {
    const message = "templates that say several statuses are not implemented";
    report([...atIntegration, "RequestTemplates"], message);
  }
  if (Object.keys(templates).length === 0) {
    report(atIntegration, `a MOCK needs 'RequestTemplates' like {"statusCode": 200}`);
  }
  return code;
}

/**
 * The index of the response whose pattern fits the status, else of the one without; or -1. Of
 * several that fit it is the one of that very status, else the first, as those who measured it say.
 */
function selectResponse({ properties, report }: Method, wanted: string): number {
  const { IntegrationResponses: responses = [] } = properties.Integration;
  const patterns = responses.map(({ SelectionPattern: pattern = "" }) => pattern);
  const fitting = [...patterns.keys()].filter((index) => {
    const pattern = patterns[index]!;
    if (/^[\w.,|()[\]{}\\^$*+?-]*$/.test(pattern) && isRegExp(pattern)) {
      return pattern !== "" && new RegExp(`^(?:${pattern})$`).test(wanted);
    }
    const at = [...atIntegration, "IntegrationResponses", index, "SelectionPattern"];
    report(at, `'${pattern}' is no pattern of a status`);
    return false;
  });
  const own = fitting.find((index) => responses[index]!.StatusCode === wanted);
  const found = own ?? fitting[0] ?? patterns.indexOf("");
  if (found < 0) {
    const message = `a MOCK needs one of 'IntegrationResponses' for the status ${wanted}`;
    report(atIntegration, message);
  }
  return found;
}

function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern) !== undefined;
  } catch {
    return false; // what it is instead is said by the caller
  }
}

const headerParameter = /^method\.response\.header\.([!#$%&'*+.^_`|~\w-]+)$/;

/** The method has to know the status and each header. [API Gateway: PutIntegrationResponse] */
function checkDeclared({ properties, report }: Method, found: Response, at: Path): void {
  const declared = properties.MethodResponses?.find((one) => one.StatusCode === found.StatusCode);
  if (!declared) {
    const message = `'MethodResponses' has no status ${found.StatusCode}`;
    report([...at, "StatusCode"], message);
    return;
  }
  for (const name of Object.keys(found.ResponseParameters ?? {})) {
    if (Object.hasOwn(declared.ResponseParameters ?? {}, name)) continue;
    const message = `'${name}' is not in 'ResponseParameters' of the method's ${found.StatusCode}`;
    report([...at, "ResponseParameters", name], message);
  }
}

function readHeaders({ report }: Method, found: Response, at: Path): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(found.ResponseParameters ?? {})) {
    const header = headerParameter.exec(name)?.[1]?.toLowerCase();
    const path = [...at, "ResponseParameters", name];
    const fixed = /^'([\t -~]*)'$/.exec(value)?.[1];
    if (header === undefined) report(path, `'${name}' is not method.response.header.<name>`);
    else if (ofTheConnection.has(header))
      report(path, `'${header}' is the connection's, not the API's to say`);
    else if (fixed === undefined) {
      const form = "a text in printable ASCII, in single quotes";
      report(path, `'${value}' is not ${form}; what is mapped is not implemented`);
    } else headers[header] = fixed;
  }
  return headers;
}

/** In lower case. */
export const ofTheConnection: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "transfer-encoding",
]);

/** What the CDK writes where there is more than one origin; the condition is captured. */
const originTemplate = new RegExp(
  [
    '#set($origin = $input.params().header.get("Origin"))',
    '#if($origin == "")',
    '#set($origin = $input.params().header.get("origin"))',
    "#end",
    "#if(CONDITION)",
    "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)",
    "#end",
  ]
    .map((line) => line.replace(/[$()."=]/g, "\\$&").replace("CONDITION", "(.+)"))
    .join("\\s*")
    .replace(/^/, "^\\s*")
    .replace(/$/, "\\s*$"),
);

interface Templated {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly origins?: readonly string[];
}

function readTemplates({ report }: Method, found: Response, at: Path): Templated | undefined {
  const templates = Object.entries(found.ResponseTemplates ?? {});
  const [first] = templates;
  if (!first) return undefined;
  const [type, template] = first;
  const path = [...at, "ResponseTemplates"];
  if (templates.length > 1) {
    report(path, "a choice between templates is not implemented");
    return undefined;
  }
  const headers = { "content-type": type };
  const origins = readOrigins(template);
  if (origins) return { headers, origins };
  if (!/[$#]/.test(template)) return { headers, body: template };
  const message = "the mapping template is not implemented: it is a text without '$' and '#'";
  report([...path, type], message);
  return undefined;
}

function readOrigins(template: string): string[] | undefined {
  const condition = originTemplate.exec(template)?.[1];
  const origins = condition?.split(" || ").map((one) => /^\$origin == "([^"$#]+)"$/.exec(one)?.[1]);
  return origins?.every((one) => one !== undefined) ? origins : undefined;
}
