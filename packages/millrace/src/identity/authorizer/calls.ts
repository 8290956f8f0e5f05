/**
 * Asks an authorizer's function: the event that it gets, the time that it has, and the caller that
 * its answer makes.
 *
 * Many clients get the same documents; those share one set of compiled policies, and with it the
 * decisions that are the same for all of them.
 */

import { type Clock, errorText, utf8 } from "../../base/mod.ts";
import { compilePolicy, type PolicySet, SharedDecisions } from "../../policy/mod.ts";
import type { Asker } from "../caller.ts";
import { type AuthorizerAnswer, readAnswer } from "./answer.ts";
import type { Authorizer } from "./authorizer.ts";
import type { HttpFacts } from "./credentials.ts";
import { authorizerLimits as limits } from "./limits.ts";

export interface AuthorizerCall {
  readonly functionArn: string;
  /** Who calls, for the function's permissions. */
  readonly authorizerArn: string;
  readonly payload: Uint8Array;
}

/** Calls a function on behalf of an authorizer; rejects, or says why there is no answer. */
export type CallAuthorizer = (
  call: AuthorizerCall,
) => Promise<
  | { readonly ok: true; readonly payload: Uint8Array }
  | { readonly ok: false; readonly reason: string }
>;

/** What is known of a client; absent is what its protocol does not have. */
export interface ClientFacts {
  readonly token: string | undefined;
  readonly isTokenVerified: boolean;
  readonly connectionId: string;
  readonly tls?: { readonly serverName: string | undefined } | undefined;
  readonly http?: HttpFacts | undefined;
  readonly mqtt?:
    | {
        readonly username: string | undefined;
        readonly password: Uint8Array | undefined;
        readonly clientId: string | undefined;
      }
    | undefined;
}

export type Authorization =
  | { readonly ok: true; readonly answer: AuthorizerAnswer; readonly caller: Asker }
  | {
      readonly ok: false;
      /** The client proved nothing; or nobody could tell. */
      readonly kind: "refused" | "invalid" | "failed";
      readonly reason: string;
    };

export interface AuthorizerCallsOptions {
  readonly call: CallAuthorizer;
  readonly clock: Clock;
  readonly arnOf: (name: string) => string;
  readonly accountId: string;
}

interface Policies {
  readonly policies: PolicySet;
  readonly decisions: SharedDecisions;
}

export class AuthorizerCalls {
  readonly #options: AuthorizerCallsOptions;
  readonly #policies = new Map<string, Policies>();

  constructor(options: AuthorizerCallsOptions) {
    this.#options = options;
  }

  /** Never rejects: what goes wrong is that nobody is let in. */
  async ask(authorizer: Authorizer, facts: ClientFacts, sourceIp: string): Promise<Authorization> {
    const { call, arnOf, clock } = this.#options;
    const authorizerArn = arnOf(authorizer.name);
    const payload = utf8(JSON.stringify(eventOf(facts)));
    const { functionArn } = authorizer;
    const called = call({ functionArn, authorizerArn, payload }).catch((error: unknown) => ({
      ok: false as const,
      reason: errorText(error),
    }));
    const result = await inTime(called, clock);
    if (!result.ok) return { ok: false, kind: "failed", reason: result.reason };
    const reading = readAnswer(result.payload);
    if (!reading.ok) return reading;
    const { answer } = reading;
    return { ok: true, answer, caller: this.#callerOf(authorizerArn, answer, sourceIp) };
  }

  #callerOf(arn: string, answer: AuthorizerAnswer, sourceIp: string): Asker {
    return {
      arn,
      name: answer.principalId,
      // No policy of a resource knows whom an authorizer lets in.
      principal: { kind: "anonymous" },
      ...this.#policiesOf(answer),
      keys: { "aws:SourceIp": sourceIp },
    };
  }

  #policiesOf({ texts, documents }: AuthorizerAnswer): Policies {
    const name = JSON.stringify(texts);
    const known = this.#policies.get(name);
    if (known) {
      this.#policies.delete(name);
      this.#policies.set(name, known);
      return known;
    }
    const identity = documents.map((one, index) => compilePolicy(`policyDocuments[${index}]`, one));
    const policies = { identity };
    const made = { policies, decisions: new SharedDecisions(policies, limits.decisionsMax) };
    this.#policies.set(name, made);
    const oldest = this.#policies.keys().next().value;
    if (this.#policies.size > limits.policySetsMax) this.#policies.delete(oldest!);
    return made;
  }
}

/** The function runs to its end all the same; nobody waits for it any more. */
async function inTime<T>(answer: Promise<T>, clock: Clock) {
  const late = Promise.withResolvers<{ readonly ok: false; readonly reason: string }>();
  const timer = clock.after(limits.answerMsMax, () => {
    const reason = `the function has not answered within ${limits.answerMsMax} ms`;
    late.resolve({ ok: false, reason });
  });
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    timer.cancel();
  }
}

/** The event as AWS IoT has it; what is not known is left out. */
function eventOf({ token, isTokenVerified, connectionId, tls, http, mqtt }: ClientFacts): object {
  const serverName = tls?.serverName;
  return {
    ...(token !== undefined && { token }),
    signatureVerified: isTokenVerified,
    protocols: [...(tls ? ["tls"] : []), ...(http ? ["http"] : []), ...(mqtt ? ["mqtt"] : [])],
    protocolData: {
      ...(serverName !== undefined && { tls: { serverName } }),
      ...(http && {
        http: {
          headers: http.headers,
          ...(http.queryString !== "" && { queryString: http.queryString }),
        },
      }),
      ...(mqtt && {
        mqtt: {
          ...(mqtt.username !== undefined && { username: mqtt.username }),
          ...(mqtt.password !== undefined && {
            password: Buffer.from(mqtt.password).toString("base64"),
          }),
          ...(mqtt.clientId !== undefined && { clientId: mqtt.clientId }),
        },
      }),
    },
    connectionMetadata: { id: connectionId },
  };
}
