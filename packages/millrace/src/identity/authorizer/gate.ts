/**
 * Lets clients in by custom authorizers: which one is asked, whether the token is signed, what the
 * function says, and for how long that holds.
 *
 * Order: which authorizer; the token's signature, before any function runs; the function;
 * `iot:Connect` by the policies that it gave. Whatever goes wrong on the way, nobody is let in; the
 * client learns little, log and denials all.
 */

import { newUuid, type Random } from "../../base/mod.ts";
import type { Denials } from "../denials.ts";
import type { FailedAttempts } from "../failed-attempts.ts";
import type { ConnectFacts, MqttAccess, TopicAccess } from "../mqtt-access.ts";
import type { Authorizer } from "./authorizer.ts";
import type { Authorization, AuthorizerCalls, ClientFacts } from "./calls.ts";
import {
  type HttpFacts,
  type Presented,
  presentedInConnect,
  presentedInHttp,
} from "./credentials.ts";
import { HttpAnswers } from "./http-answers.ts";
import { authorizerLimits as limits } from "./limits.ts";
import { RefreshedAccess, type Refreshing } from "./refreshed-access.ts";
import type { Authorizers } from "./registry.ts";

/** What a CONNECT says, and over what it came. */
export interface ConnectTry extends ConnectFacts {
  /** The client sent no client id. */
  readonly isAssignedId: boolean;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly remoteAddress: string;
  readonly tls: { readonly serverName: string | undefined } | undefined;
}

/** As the broker's `AdmissionVerdict` has it. */
export type GateVerdict =
  | {
      readonly allowed: true;
      readonly principal: string;
      readonly access: TopicAccess;
      readonly life: { readonly seconds: number; readonly reason: "CUSTOMAUTH_TTL_EXPIRATION" };
      readonly watch?: (end: (reason: "AUTH_ERROR") => void) => () => void;
    }
  | {
      readonly allowed: false;
      readonly principal?: string;
      readonly why?: "notAuthorized" | "credentials" | "tries";
    };

/** A client that somebody makes up to try an authorizer. */
export interface TestedClient extends Pick<ClientFacts, "http" | "mqtt" | "tls"> {
  readonly token: string | undefined;
  readonly signature: string | undefined;
}

/** An authorizer and a token that are fit to be asked about, or why they are not. */
export type Selection =
  | {
      readonly ok: true;
      readonly authorizer: Authorizer;
      readonly token: string | undefined;
      readonly isTokenVerified: boolean;
    }
  | { readonly ok: false; readonly authorizerName: string | undefined; readonly reason: string };

export type PublishVerdict =
  | { readonly ok: true; readonly principal: string; readonly access: TopicAccess }
  | { readonly ok: false; readonly why: "refused" | "tries" };

export interface AuthorizerGateOptions {
  readonly authorizers: Authorizers;
  readonly calls: AuthorizerCalls;
  readonly access: MqttAccess;
  readonly denials: Pick<Denials, "reportUnproved">;
  readonly attempts: FailedAttempts;
  readonly refreshing: Refreshing;
  readonly random: Random;
  readonly arnOf: (name: string) => string;
}

export class AuthorizerGate {
  readonly #options: AuthorizerGateOptions;
  readonly #httpAnswers: HttpAnswers;

  constructor(options: AuthorizerGateOptions) {
    this.#options = options;
    this.#httpAnswers = new HttpAnswers(options.refreshing.clock);
  }

  /**
   * Whether this CONNECT is for an authorizer: it names one, or brings credentials where there are
   * authorizers to look at them, or the default one's token, or nothing where nobody gets in
   * without (`isOpen` false) and there is a default one.
   */
  concerns({ username, password }: Pick<ConnectTry, "username" | "password">, isOpen: boolean) {
    const presented = presentedInConnect(username, password);
    const { isThere, authorizerName, doubled } = presented;
    if (authorizerName !== undefined || doubled !== undefined) return true;
    if (isThere) return this.isInUse;
    return this.#concernsDefault(presented, isOpen);
  }

  /** The same for a request over HTTP. */
  concernsHttp(http: HttpFacts, isOpen: boolean): boolean {
    const presented = presentedInHttp(http);
    return presented.isThere || this.#concernsDefault(presented, isOpen);
  }

  #concernsDefault(presented: Presented, isOpen: boolean): boolean {
    const { default: authorizer } = this.#options.authorizers;
    if (!authorizer) return false;
    const { tokenKeyName } = authorizer;
    return !isOpen || (tokenKeyName !== undefined && presented.has(tokenKeyName));
  }

  /** Whether any authorizer could be asked. */
  get isInUse(): boolean {
    return this.#options.authorizers.list().some(({ status }) => status === "ACTIVE");
  }

  /** A client that brings its credentials in CONNECT; `http`: over a WebSocket so opened. */
  connect(asked: ConnectTry, http?: HttpFacts): Promise<GateVerdict> {
    const presented = presentedInConnect(asked.username, asked.password);
    return this.#admit(asked, () => this.select(presented), http);
  }

  /** By what a request brings in headers and query. */
  selectHttp(http: HttpFacts): Selection {
    return this.select(presentedInHttp(http));
  }

  /** Tells why a request was turned away before anybody could be asked. */
  tellUnselected(selection: Selection, sourceIp: string): void {
    if (selection.ok) return;
    const refusal: Authorization = { ok: false, kind: "refused", reason: selection.reason };
    this.#tell(selection, refusal, { sourceIp, action: "iot:Connect" });
  }

  /** A client whose WebSocket was opened with credentials that `selectHttp` found right. */
  connectOver(http: HttpFacts, asked: ConnectTry): Promise<GateVerdict> {
    // Looked at anew: the authorizer may have changed between handshake and CONNECT.
    return this.#admit(asked, () => this.select(presentedInHttp(http)), http);
  }

  /** A single message over HTTP. */
  async publish(http: HttpFacts, selection: Selection, sourceIp: string): Promise<PublishVerdict> {
    const { attempts, access } = this.#options;
    const known = selection.ok && this.#httpAnswers.find(selection.authorizer, http, sourceIp);
    if (known) return { ok: true, principal: known.name, access: access.forRequests(known) };
    if ((await attempts.wait(sourceIp)) === false) return { ok: false, why: "tries" };
    const authorization = await this.#authorize(selection, sourceIp, { http });
    if (!authorization.ok || !selection.ok) {
      this.#refuse(selection, authorization, { sourceIp, action: "iot:Publish" });
      return { ok: false, why: "refused" };
    }
    const { caller } = authorization;
    this.#httpAnswers.keep(selection.authorizer, { http, sourceIp, ...authorization });
    return { ok: true, principal: caller.name, access: access.forRequests(caller) };
  }

  /** What the authorizer would say of such a client; nothing follows from it. */
  async test(authorizer: Authorizer, client: TestedClient, sourceIp: string) {
    const { token, signature, ...facts } = client;
    const isSigned = !authorizer.signingDisabled;
    const reason = isSigned ? this.#tokenProblem(authorizer, token, signature) : undefined;
    const selection: Selection = reason
      ? { ok: false, authorizerName: authorizer.name, reason }
      : { ok: true, authorizer, token, isTokenVerified: isSigned };
    return this.#authorize(selection, sourceIp, facts);
  }

  /** Which authorizer is meant, and whether the token is signed as it wants it. */
  select(presented: Presented): Selection {
    const { authorizers } = this.#options;
    const { authorizerName, signature, doubled } = presented;
    const authorizer =
      authorizerName === undefined ? authorizers.default : authorizers.get(authorizerName);
    const refuse = (reason: string): Selection => ({ ok: false, authorizerName, reason });
    if (doubled !== undefined) return refuse(`"${doubled}" is there more than once`);
    if (!authorizer) {
      return refuse(
        authorizerName === undefined
          ? "the client names no authorizer, and there is no default one"
          : "there is no such authorizer",
      );
    }
    if (authorizer.status !== "ACTIVE") return refuse("the authorizer is not active");
    const { tokenKeyName, signingDisabled } = authorizer;
    const token = tokenKeyName === undefined ? undefined : presented.value(tokenKeyName);
    if (signingDisabled) return { ok: true, authorizer, token, isTokenVerified: false };
    const problem = this.#tokenProblem(authorizer, token, signature);
    if (problem) return refuse(problem);
    return { ok: true, authorizer, token, isTokenVerified: true };
  }

  #tokenProblem(
    authorizer: Authorizer,
    token: string | undefined,
    signature: string | undefined,
  ): string | undefined {
    if (!token) return `the token "${authorizer.tokenKeyName}" is missing`;
    if (!signature) return "the token's signature is missing";
    if (token.length > limits.tokenCharactersMax) return "the token is too long";
    if (signature.length > limits.signatureCharactersMax) return "the signature is too long";
    const isSigned = this.#options.authorizers.keysOf(authorizer).haveSigned(token, signature);
    return isSigned ? undefined : "the token's signature is not right";
  }

  async #admit(
    asked: ConnectTry,
    select: () => Selection,
    http: HttpFacts | undefined,
  ): Promise<GateVerdict> {
    const { attempts, access, refreshing } = this.#options;
    const { clientId, isAssignedId, remoteAddress: sourceIp, username, password, tls } = asked;
    if ((await attempts.wait(sourceIp)) === false) return { allowed: false, why: "tries" };
    const selection = select();
    const sentId = isAssignedId ? undefined : clientId;
    const facts = { tls, http, mqtt: { username, password, clientId: sentId } };
    const connectionId = newUuid(this.#options.random);
    const authorization = await this.#authorize(selection, sourceIp, { ...facts, connectionId });
    if (!authorization.ok || !selection.ok) {
      this.#refuse(selection, authorization, { sourceIp, clientId, action: "iot:Connect" });
      const isProved = !authorization.ok && authorization.kind !== "refused";
      return { allowed: false, why: isProved ? "notAuthorized" : "credentials" };
    }
    const { answer, caller } = authorization;
    const admitted = access.admit(caller, asked);
    if (!admitted.allowed) return { ...admitted, why: "notAuthorized" };
    const life = {
      seconds: answer.disconnectAfterSeconds,
      reason: "CUSTOMAUTH_TTL_EXPIRATION",
    } as const;
    const { principal } = admitted;
    if (answer.refreshAfterSeconds === undefined) {
      return { allowed: true, principal, access: admitted.access, life };
    }
    const refreshed = new RefreshedAccess(admitted.access, {
      ...refreshing,
      firstAfterSeconds: answer.refreshAfterSeconds,
      again: async () => {
        const again = select();
        const renewed = await this.#authorize(again, sourceIp, { ...facts, connectionId });
        if (renewed.ok && renewed.answer.principalId === principal) {
          const { refreshAfterSeconds: afterSeconds } = renewed.answer;
          return { access: access.accessOf(renewed.caller, clientId), afterSeconds };
        }
        const why = renewed.ok ? otherPrincipal : renewed;
        this.#refuse(again, why, { sourceIp: undefined, clientId, action: "iot:Connect" });
        return undefined;
      },
    });
    return {
      allowed: true,
      principal,
      access: refreshed,
      life,
      watch: (end) => refreshed.begin(() => end("AUTH_ERROR")),
    };
  }

  async #authorize(
    selection: Selection,
    sourceIp: string,
    facts: Partial<ClientFacts>,
  ): Promise<Authorization> {
    if (!selection.ok) return { ok: false, kind: "refused", reason: selection.reason };
    const { authorizer, token, isTokenVerified } = selection;
    const connectionId = newUuid(this.#options.random);
    const all = { connectionId, ...facts, token, isTokenVerified };
    return this.#options.calls.ask(authorizer, all, sourceIp);
  }

  /** Tells why; a proof that failed is counted for its address, when it came from one just now. */
  #refuse(selection: Selection, authorization: Authorization, told: Told): void {
    if (authorization.ok) return;
    const { kind } = authorization;
    const { sourceIp } = told;
    if (kind === "refused" && sourceIp !== undefined) this.#options.attempts.note(sourceIp);
    this.#tell(selection, authorization, told);
  }

  #tell(
    selection: Selection,
    { kind, reason }: Extract<Authorization, { ok: false }>,
    { sourceIp, clientId, action }: Told,
  ): void {
    const { denials, arnOf } = this.#options;
    const name = selection.ok ? selection.authorizer.name : selection.authorizerName;
    denials.reportUnproved({
      arn: name === undefined ? "" : arnOf(name),
      action,
      clientId,
      sourceIp,
      reason: `${sentences[kind]}: ${reason}`,
      remedy: remedies[kind],
    });
  }
}

interface Told {
  /** Absent: not from a request that came just now. */
  readonly sourceIp: string | undefined;
  readonly clientId?: string;
  readonly action: string;
}

const otherPrincipal: Authorization = {
  ok: false,
  kind: "invalid",
  reason: "it names another principal than when the client connected",
};

const sentences = {
  refused: "the client has not proved who it is",
  invalid: "the authorizer's answer cannot be taken",
  failed: "the authorizer's function gave no answer",
} as const;

const remedies = {
  refused: "look at what the client brings, and at what the authorizer's function makes of it",
  invalid: "have the function answer as the guide to custom authentication says",
  failed: "look at the function's log, its time-out and its permissions",
} as const;
