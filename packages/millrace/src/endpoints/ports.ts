/** What the API door needs of the house; `node/` hands it over. */

import type { Clock, Figure, Logger, Random } from "../base/mod.ts";
import type {
  BrokerLimits,
  ClientState,
  ClientSubscription,
  DirectOutcome,
  Message,
  PublishOutcome,
  RetainedMessage,
} from "../broker/mod.ts";
import type { EventBuses } from "../events/mod.ts";
import type { Functions, InvokeOptions, InvokeResult } from "../functions/mod.ts";
import type {
  AccessAnswer,
  AccessQuestion,
  ApiAccess,
  AuthorizerGate,
  Authorizers,
  Caller,
  Denials,
  Devices,
  FailedAttempts,
  Identities,
  Need,
  ResourcePolicies,
  SignatureRefusals,
} from "../identity/mod.ts";
import type { Logs } from "../logs/mod.ts";
import type { Destinations, RuleManager, Trace } from "../rules/mod.ts";
import type { Shadows } from "../shadows/mod.ts";
import type { Tables } from "../tables/mod.ts";
import type { Triggers } from "../triggers/mod.ts";

/** What the operations about identities need. */
export interface IdentityPorts {
  readonly identities: Identities;
  readonly attempts: FailedAttempts;
  /** What policies have refused lately, and who was not believed. */
  readonly denials: Pick<Denials, "list" | "reportUnproved">;
  readonly logger: Logger;
  readonly random: Random;
}

export interface ApiDoorPorts extends IdentityPorts {
  readonly tables: Tables;
  readonly broker: MessageBroker;
  readonly invoke: (
    functionName: string,
    payload: Uint8Array,
    options?: InvokeOptions,
  ) => Promise<InvokeResult>;
  /** Accepts a call and gives its request id; `undefined`: no such function. */
  readonly invokeAsync: (
    functionName: string,
    payload: Uint8Array,
    options?: InvokeOptions,
  ) => Promise<string | undefined>;
  readonly functions: Pick<Functions, "control" | "settings" | "urls" | "layers" | "has">;
  /** The address of a function's URL at the edge, from its id. */
  readonly functionUrlOf: (id: string) => string;
  readonly logs: Logs;
  readonly buses: EventBuses;
  readonly triggers: Pick<Triggers, "create" | "update" | "remove" | "get" | "list">;
  readonly shadows: Pick<Shadows, "get" | "update" | "delete" | "names">;
  /** What a function's own policy says of who may use it; none: nobody by it. */
  readonly functionPolicyOf: (name: string, qualifier: string | undefined) => ResourcePolicies;
  readonly rules: RuleManager;
  readonly destinations: Destinations;
  readonly authorizers: Authorizers;
  readonly authorizerGate: AuthorizerGate;
  readonly trace: Trace;
  /** Of the ARNs that answers carry. */
  readonly account: { readonly region: string; readonly accountId: string };
  /** The parts that are not ready yet, by name; none: the house is ready. */
  readonly missing: () => readonly string[];
  /** Of the whole house, as of now. */
  readonly figures: () => readonly Figure[];
  /** Whoever proves nothing is the owner; whoever names a key that was given out must prove it. */
  readonly trustsAnonymous: boolean;
  readonly access: Pick<ApiAccess, "refusal">;
  /** Told of signatures that proved nothing. */
  readonly refusals: Pick<SignatureRefusals, "report">;
  /** Who may do what; a sentence when nobody has that name. */
  readonly explainAccess: (
    identity: string,
    question: Omit<AccessQuestion, "granted">,
  ) => Promise<readonly AccessAnswer[] | string>;
  /** Certificates, IoT policies and things. */
  readonly devices: Devices;
  readonly clock: Clock;
}

/** What the data plane asks of the broker. */
export interface MessageBroker {
  readonly limits: Pick<BrokerLimits, "payloadBytesMax" | "clientIdBytesMax">;
  readonly retained: {
    get(topic: string): RetainedMessage | undefined;
    /** In the order of topics, those behind `topic`. */
    after(topic: string | undefined, countMax: number): readonly RetainedMessage[];
  };
  publish(message: Message): PublishOutcome | Promise<PublishOutcome>;
  sendDirect(clientId: string, message: Message): DirectOutcome;
  expiresAtMs(seconds: number): number;
  clientState(clientId: string): ClientState | undefined;
  subscriptionsOf(clientId: string): Iterable<ClientSubscription> | undefined;
  disconnect(clientId: string, options: { cleanSession: boolean; preventWill: boolean }): boolean;
}

export interface Client {
  readonly ip: string;
}

/** Never rejects for what a client sent, nor for a `WorldError`. */
export type ApiDoor = (request: Request, client: Client) => Promise<Response>;

/** One request on its way to an operation. */
export interface Call {
  readonly request: Request;
  readonly client: Client;
  readonly requestId: string;
  readonly ports: ApiDoorPorts;
}

/** What a publish needs, wherever it comes in. */
export type PublishPorts = Pick<ApiDoorPorts, "broker" | "missing" | "authorizerGate" | "logger">;
/** One whose caller is known. */
export interface AdmittedCall extends Call {
  readonly caller: Caller;
  /** Why the caller may not do this, in AWS's sentence; `undefined` when it may. */
  readonly refusal: (needs: readonly Need[]) => string | undefined;
}

/** One that is about identities, and may have come in at the edge. */
export type IdentityCall = Omit<Call, "ports"> & { readonly ports: IdentityPorts };
