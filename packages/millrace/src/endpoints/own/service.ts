/**
 * What the door answers of Millrace itself: readiness, figures, what is spent on tables, what the
 * rules do, what functions write, what policies refuse.
 */

import type { RestTarget } from "../../aws/mod.ts";
import { ownIssuer } from "../../identity/mod.ts";
import { admit, type Gate } from "../gate.ts";
import { plainError } from "../plain-error.ts";
import type { Call } from "../ports.ts";
import { textFormat, writeFigures } from "../prometheus.ts";
import { answerAccess } from "./access.ts";
import { answerLogLines } from "./logs.ts";
import { answerRulesTest } from "./rules-test.ts";
import { answerTrace } from "./trace.ts";

type Answer = (call: Call, target: RestTarget) => Response | Promise<Response>;

interface Page {
  readonly method: "GET" | "POST";
  readonly answer: Answer;
  /** Tells nothing of what the application does: whoever watches the machine may see it. */
  readonly isOpen?: true;
}

const pages: Readonly<Record<string, Page>> = {
  "/_millrace/access": { method: "GET", answer: answerAccess },
  "/_millrace/capacity": { method: "GET", answer: answerCapacity },
  "/_millrace/denials": { method: "GET", answer: answerDenials },
  "/_millrace/logs": { method: "GET", answer: answerLogLines },
  "/_millrace/ready": { method: "GET", answer: answerReady, isOpen: true },
  "/_millrace/rules/test": { method: "POST", answer: answerRulesTest },
  "/_millrace/trace": { method: "GET", answer: answerTrace },
  "/.well-known/jwks_uri": { method: "GET", answer: answerKeySet, isOpen: true },
  "/.well-known/openid-configuration": { method: "GET", answer: answerDiscovery, isOpen: true },
  "/metrics": { method: "GET", answer: answerFigures, isOpen: true },
};

/** `undefined` when the path is none of these. */
export function answerOwn(
  call: Call,
  target: RestTarget,
): Response | Promise<Response> | undefined {
  const page = Object.hasOwn(pages, target.path) ? pages[target.path] : undefined;
  if (!page) return undefined;
  if (call.request.method !== page.method) {
    const answer = plainError(call, 405, `"${target.path}" answers ${page.method} alone`);
    answer.headers.set("allow", page.method);
    return answer;
  }
  if (page.isOpen) return page.answer(call, target);
  return admit(call, gate, (admitted) => {
    if (admitted.caller.principal.kind === "root") return page.answer(admitted, target);
    return plainError(call, 403, `"${target.path}" is for the account's owner alone`);
  });
}

function answerCapacity({ ports }: Call): Response {
  return Response.json(ports.tables.reportCapacity());
}

const gate: Gate = {
  services: ["millrace"],
  refuse: (call, { message }) => plainError(call, 403, message),
  fail: (call) => plainError(call, 500, "Internal Server Error"),
};

function answerDenials({ ports }: Call): Response {
  return Response.json(ports.denials.list());
}

/** The public half of the key that tokens of identities are signed with. */
function answerKeySet({ ports }: Call): Response {
  return Response.json(ports.identities.ownTokens.keySet);
}

/** Of the issuer that stands in those tokens; the keys stand here, whatever its name is. */
function answerDiscovery({ request }: Call): Response {
  return Response.json({
    issuer: ownIssuer,
    jwks_uri: new URL("/.well-known/jwks_uri", request.url).href,
    response_types_supported: ["token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  });
}

function answerReady({ ports }: Call): Response {
  const missing = ports.missing();
  const ready = missing.length === 0;
  return Response.json({ ready, missing }, { status: ready ? 200 : 503 });
}

function answerFigures({ ports }: Call): Response {
  return new Response(writeFigures(ports.figures()), { headers: { "content-type": textFormat } });
}
