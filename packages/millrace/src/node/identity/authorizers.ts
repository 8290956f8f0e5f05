/**
 * Custom authorizers at their doors: how their functions are called, and which clients of the
 * broker they are asked about.
 */

import { textOf } from "../../base/mod.ts";
import type { Admission, AdmissionFacts } from "../../broker/mod.ts";
import type { Functions } from "../../functions/mod.ts";
import {
  type ApiAccess,
  type AuthorizerGate,
  arnsOf,
  type CallAuthorizer,
  type Denials,
  functionNameOf,
  type HttpFacts,
  type Identities,
} from "../../identity/mod.ts";
import type { Anonymous } from "../configuration.ts";
import type { FunctionPolicies } from "./function-policies.ts";

const service = "iot.amazonaws.com";
const reasonCharactersMax = 256;

export interface AuthorizerCallerOptions {
  readonly invoke: Functions["invoke"];
  readonly identities: Pick<Identities, "services" | "account">;
  readonly access: ApiAccess;
  readonly policies: FunctionPolicies;
}

/** Calls the functions of authorizers, where the function's own policy lets them. */
export function authorizerCaller(options: AuthorizerCallerOptions): CallAuthorizer {
  const { invoke, identities, access, policies } = options;
  const arnOf = arnsOf(identities.account);
  return async ({ functionArn, authorizerArn, payload }) => {
    const { name = "", qualifier } = functionNameOf(functionArn) ?? {};
    const granted = { ...policies.of(name, qualifier), isRequired: true };
    const suffix = qualifier === undefined ? "" : `:${qualifier}`;
    const resource = arnOf("lambda", `function:${name}${suffix}`);
    const caller = identities.services.itself({ service, sourceArn: authorizerArn });
    const need = { action: "lambda:InvokeFunction", resource, granted };
    const refusal = access.refusal({ caller, via: "invoke" }, [need]);
    if (refusal !== undefined) return { ok: false, reason: refusal };
    const result = await invoke(name, payload, { qualifier });
    if (!result.found) return { ok: false, reason: `there is no function "${name}"` };
    if (!result.throttled && !result.functionError) return { ok: true, payload: result.payload };
    const said = textOf(result.payload).slice(0, reasonCharactersMax);
    return { ok: false, reason: `the function failed: ${said}` };
  };
}

export interface AdmissionOptions {
  readonly anonymous: Anonymous;
  readonly gate: Pick<AuthorizerGate, "concerns" | "connect">;
  readonly denials: Pick<Denials, "reportUnproved">;
}

/**
 * Who proves nothing to its door: an authorizer is asked where one is concerned, and told how a
 * WebSocket was opened; else the client is let in by where it comes from or not at all, which is
 * told to whoever runs the server.
 */
export function admission({
  anonymous,
  gate,
  denials,
}: AdmissionOptions): (facts: AdmissionFacts, http?: HttpFacts) => ReturnType<Admission> {
  return (facts, http) => {
    const door = facts.transport === "websocket" ? "websocket" : "tcp";
    const isOpen = anonymous.includes(door);
    if (gate.concerns(facts, isOpen)) return gate.connect(connectTry(facts), http);
    if (isOpen) return { allowed: true, principal: "anonymous" };
    denials.reportUnproved({
      arn: "",
      action: "iot:Connect",
      clientId: facts.clientId,
      sourceIp: facts.link.remoteAddress,
      ...nothingProved[door],
    });
    return { allowed: false };
  };
}

const nothingProved = {
  websocket: {
    reason: "the WebSocket's address is not signed, and no authorizer is there to be asked",
    remedy: "sign the address (SigV4, service iotdevicegateway); '--anonymous all' lets anybody in",
  },
  tcp: {
    reason: "the client brought neither a certificate nor credentials for an authorizer",
    remedy:
      "connect with a device's certificate over TLS, to an authorizer, or over a signed " +
      "WebSocket; '--anonymous tcp' lets anybody in who reaches the port",
  },
} as const;

/** What an authorizer may look at of a CONNECT. */
export function connectTry(facts: AdmissionFacts) {
  const { link, transport, ...rest } = facts;
  const tls = transport === "tls" ? { serverName: link.tls?.serverName } : undefined;
  return { ...rest, remoteAddress: link.remoteAddress, tls };
}
