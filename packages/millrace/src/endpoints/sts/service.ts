/**
 * The endpoint of the token service (Query protocol, XML): which operations there are, who calls,
 * and the wire form of errors. Every request must be signed, as on AWS. None of the operations
 * needs leave of a policy but AssumeRole, which asks for it itself.
 */

import { isSigned, unsigned } from "../../aws/mod.ts";
import { textOf } from "../../base/mod.ts";
import type { AuthenticationProblem } from "../../identity/mod.ts";
import { readBody } from "../body.ts";
import { admit, type Gate } from "../gate.ts";
import { identityBodyBytesMax } from "../limits.ts";
import type { AdmittedCall, Call, IdentityCall } from "../ports.ts";
import { assumeRole } from "./AssumeRole.ts";
import { getCallerIdentity } from "./GetCallerIdentity.ts";
import { getSessionToken } from "./GetSessionToken.ts";
import type { Members, QueryError, TokenOperation } from "./operation.ts";

const operations: ReadonlyMap<string, TokenOperation> = new Map([
  ["AssumeRole", assumeRole],
  ["GetCallerIdentity", getCallerIdentity],
  ["GetSessionToken", getSessionToken],
]);

const version = "2011-06-15";
const namespace = `https://sts.amazonaws.com/doc/${version}/`;

/** Whether the request speaks the Query protocol; no other service here does. */
export function isQuery(request: Request): boolean {
  const type = request.headers.get("content-type") ?? "";
  return request.method === "POST" && type.startsWith("application/x-www-form-urlencoded");
}

/** Authenticates and answers a request of the Query protocol; errors too are XML. */
export function answerTokens(call: Call): Promise<Response> {
  if (!isSigned(call.request)) return Promise.resolve(gate.refuse(call, unsigned));
  return admit(call, gate, answerOperation);
}

const gate: Gate = {
  services: ["sts"],
  refuse: (call, problem) => fail(call, wireProblem(problem)),
};

async function answerOperation(call: AdmittedCall): Promise<Response> {
  const { request, ports, caller } = call;
  const body = await readBody(request, identityBodyBytesMax);
  if (!body) return fail(call, { status: 413, code: "RequestEntityTooLarge", message: tooLarge });
  const parameters = new Map(new URLSearchParams(textOf(body)));
  const action = parameters.get("Action") ?? "";
  const operation = operations.get(action);
  if (!operation || parameters.get("Version") !== version) {
    const message = `Could not find operation ${action} for version ${parameters.get("Version")}`;
    return fail(call, { status: 400, code: "InvalidAction", message });
  }
  parameters.delete("Action");
  parameters.delete("Version");
  const outcome = operation({ identities: ports.identities, caller, parameters });
  if ("error" in outcome) return fail(call, outcome.error);
  return answer(call, 200, {
    [`${action}Response`]: {
      [`${action}Result`]: outcome.result,
      ResponseMetadata: { RequestId: call.requestId },
    },
  });
}

/** The exception's name and status in the Query protocol. */
const wireCodes = {
  IncompleteSignatureException: { status: 400, code: "IncompleteSignature" },
  InvalidSignatureException: { status: 403, code: "SignatureDoesNotMatch" },
  MissingAuthenticationTokenException: { status: 403, code: "MissingAuthenticationToken" },
  UnrecognizedClientException: { status: 403, code: "InvalidClientTokenId" },
  ExpiredTokenException: { status: 403, code: "ExpiredToken" },
} as const satisfies Record<AuthenticationProblem["code"], object>;

function wireProblem({ code, message }: AuthenticationProblem): QueryError {
  return { ...wireCodes[code], message };
}

function fail(call: IdentityCall, { status, code, message }: QueryError): Response {
  const error = { Type: "Sender", Code: code, Message: message };
  return answer(call, status, { ErrorResponse: { Error: error, RequestId: call.requestId } });
}

function answer({ requestId }: IdentityCall, status: number, root: Members): Response {
  const [[name, members] = ["", {}]] = Object.entries(root);
  const text = `<${name} xmlns="${namespace}">${writeMembers(members as Members)}</${name}>\n`;
  const headers = { "content-type": "text/xml", "x-amzn-requestid": requestId };
  return new Response(text, { status, headers });
}

function writeMembers(members: Members): string {
  return Object.entries(members)
    .map(([name, value]) => {
      if (value === undefined) return "";
      const inner = typeof value === "string" ? escapeXml(value) : writeMembers(value);
      return `<${name}>${inner}</${name}>`;
    })
    .join("");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "\ufffd")
    .replace(/[&<>]/g, (character) => entities[character]!);
}

const tooLarge = `The request is larger than ${identityBodyBytesMax} bytes`;
