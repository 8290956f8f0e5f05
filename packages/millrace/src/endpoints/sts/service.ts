/**
 * The endpoint of the token service (Query protocol, XML): which operations there are, who calls,
 * and the wire form of errors. Every request must be signed, as on AWS, but for those that bring a
 * token. None of the operations needs leave of a policy but those that take a role, which ask for
 * it themselves.
 */

import { isSigned, unsigned } from "../../aws/mod.ts";
import { textOf } from "../../base/mod.ts";
import type { AuthenticationProblem } from "../../identity/mod.ts";
import { readBody } from "../body.ts";
import { admit, type Gate } from "../gate.ts";
import { identityBodyBytesMax } from "../limits.ts";
import { noteUnproved } from "../logins.ts";
import type { AdmittedCall, Call, IdentityCall } from "../ports.ts";
import { answerOrFail } from "../unforeseen.ts";
import { escapeXml } from "../xml-text.ts";
import { assumeRole } from "./AssumeRole.ts";
import { assumeRoleWithWebIdentity } from "./AssumeRoleWithWebIdentity.ts";
import { getCallerIdentity } from "./GetCallerIdentity.ts";
import { getSessionToken } from "./GetSessionToken.ts";
import type {
  Members,
  OpenOperation,
  QueryError,
  TokenOperation,
  TokenOutcome,
} from "./operation.ts";

const operations: ReadonlyMap<string, TokenOperation> = new Map([
  ["AssumeRole", assumeRole],
  ["GetCallerIdentity", getCallerIdentity],
  ["GetSessionToken", getSessionToken],
]);

const openOperations: ReadonlyMap<string, OpenOperation> = new Map([
  ["AssumeRoleWithWebIdentity", assumeRoleWithWebIdentity],
]);

const version = "2011-06-15";
const namespace = `https://sts.amazonaws.com/doc/${version}/`;

/** Whether the request speaks the Query protocol; no other service here does. */
export function isQuery(request: Request): boolean {
  const type = request.headers.get("content-type") ?? "";
  return request.method === "POST" && type.startsWith("application/x-www-form-urlencoded");
}

/** Whether an SDK has sent it: no form of a page says so, and in public those are not ours. */
export function isQueryOfSdk(request: Request): boolean {
  const { headers } = request;
  return isQuery(request) && (headers.has("x-amz-user-agent") || headers.has("amz-sdk-request"));
}

/** Authenticates and answers a request of the Query protocol; errors too are XML. */
export async function answerTokens(call: Call): Promise<Response> {
  if (isSigned(call.request)) return admit(call, gate, answerOperation);
  const body = await readBody(call.request, identityBodyBytesMax);
  if (!body) return fail(call, { status: 413, code: "RequestEntityTooLarge", message: tooLarge });
  const asked = readAction(body);
  const open = asked.isVersion ? openOperations.get(asked.action) : undefined;
  return open ? answerOpen(call, asked, open) : gate.refuse(call, unsigned);
}

const gate: Gate = {
  services: ["sts"],
  refuse: (call, problem) => fail(call, wireProblem(problem)),
  fail: (call) => fail(call, failed),
};

async function answerOperation(call: AdmittedCall): Promise<Response> {
  const { request, ports, caller } = call;
  const body = await readBody(request, identityBodyBytesMax);
  if (!body) return fail(call, { status: 413, code: "RequestEntityTooLarge", message: tooLarge });
  const asked = readAction(body);
  const { action, isVersion, parameters } = asked;
  const open = openOperations.get(action);
  if (open && isVersion) return answerOpen(call, asked, open);
  const operation = operations.get(action);
  if (!operation || !isVersion) return fail(call, unknownAction(asked));
  const outcome = operation({ identities: ports.identities, caller, parameters });
  return answerOutcome(call, action, outcome);
}

/** The same in public, where only what needs no signature is offered. */
export async function answerOpenTokens(call: IdentityCall): Promise<Response> {
  const body = await readBody(call.request, identityBodyBytesMax);
  if (!body) return fail(call, { status: 413, code: "RequestEntityTooLarge", message: tooLarge });
  const asked = readAction(body);
  const open = asked.isVersion ? openOperations.get(asked.action) : undefined;
  return open ? answerOpen(call, asked, open) : fail(call, unknownAction(asked));
}

type Answering = Pick<IdentityCall, "requestId">;

interface Asked {
  readonly action: string;
  readonly isVersion: boolean;
  /** Without `Action` and `Version`. */
  readonly parameters: Map<string, string>;
}

function readAction(body: Uint8Array): Asked {
  const parameters = new Map(new URLSearchParams(textOf(body)));
  const action = parameters.get("Action") ?? "";
  const isVersion = parameters.get("Version") === version;
  parameters.delete("Action");
  parameters.delete("Version");
  return { action, isVersion, parameters };
}

function unknownAction({ action }: Asked): QueryError {
  const message = `Could not find operation ${action} for version ${version}`;
  return { status: 400, code: "InvalidAction", message };
}

function answerOpen(call: IdentityCall, asked: Asked, operation: OpenOperation) {
  return answerOrFail(call, () => carryOutOpen(call, asked, operation), gate.fail);
}

async function carryOutOpen(
  call: IdentityCall,
  { action, parameters }: Asked,
  operation: OpenOperation,
): Promise<Response> {
  const { ports, client } = call;
  const isInTurn = await ports.attempts.wait(client.ip);
  if (isInTurn === false) return fail(call, throttled);
  const { identities } = ports;
  const outcome = await operation({ identities, parameters, sourceIp: client.ip });
  if (outcome.unproved) {
    noteUnproved(call, { action: `sts:${action}`, provider: "", problem: outcome.unproved });
  }
  return answerOutcome(call, action, outcome);
}

function answerOutcome(call: IdentityCall, action: string, outcome: TokenOutcome): Response {
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

function fail(call: Answering, { status, code, message }: QueryError): Response {
  const error = { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message };
  return answer(call, status, { ErrorResponse: { Error: error, RequestId: call.requestId } });
}

function answer({ requestId }: Answering, status: number, root: Members): Response {
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

const failed: QueryError = {
  status: 500,
  code: "InternalFailure",
  message: "The request processing has failed because of an unknown error, exception or failure.",
};

const throttled: QueryError = {
  status: 400,
  code: "Throttling",
  message: "Too many failed attempts",
};

const tooLarge = `The request is larger than ${identityBodyBytesMax} bytes`;
