/**
 * Custom authorizers at their doors: how their functions are called, and which clients of the
 * broker they are asked about.
 */

import { textOf } from "../base/mod.ts";
import type { Admission, AdmissionFacts } from "../broker/mod.ts";
import type { Functions } from "../functions/mod.ts";
import { type AuthorizerGate, type CallAuthorizer, functionNameOf } from "../identity/mod.ts";
import type { Anonymous } from "./configuration.ts";

const reasonCharactersMax = 256;

/** Calls the functions of authorizers; whether the function permits it is the functions' affair. */
export function authorizerCaller(invoke: Functions["invoke"]): CallAuthorizer {
  return async ({ functionArn, payload }) => {
    const { name = "", qualifier } = functionNameOf(functionArn) ?? {};
    const result = await invoke(name, payload, { qualifier });
    if (!result.found) return { ok: false, reason: `there is no function "${name}"` };
    if (!result.throttled && !result.functionError) return { ok: true, payload: result.payload };
    const said = textOf(result.payload).slice(0, reasonCharactersMax);
    return { ok: false, reason: `the function failed: ${said}` };
  };
}

/**
 * Who proves nothing to its door: an authorizer is asked where one is concerned, else the client is
 * let in by where it comes from or not at all.
 */
export function admission(anonymous: Anonymous, gate: AuthorizerGate): Admission {
  return (facts) => {
    const isOpen = anonymous === "all" || (anonymous === "tcp" && facts.transport !== "websocket");
    if (gate.concerns(facts, isOpen)) return gate.connect(connectTry(facts));
    return isOpen ? { allowed: true, principal: "anonymous" } : { allowed: false };
  };
}

/** What an authorizer may look at of a CONNECT. */
export function connectTry(facts: AdmissionFacts) {
  const { link, transport, ...rest } = facts;
  const tls = transport === "tls" ? { serverName: link.tls?.serverName } : undefined;
  return { ...rest, remoteAddress: link.remoteAddress, tls };
}
