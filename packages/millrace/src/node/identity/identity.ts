/**
 * Identities at their doors: where the deployment's secret is kept, how the WebSocket door finds
 * out who comes, and where the owner finds the first access key.
 */

import { join, resolve } from "node:path";
import { signableRequest } from "../../aws/mod.ts";
import { type Logger, newUuid, systemClock, systemRandom, utf8 } from "../../base/mod.ts";
import type { Admission } from "../../broker/mod.ts";
import type { FunctionCredentials, FunctionDefinition } from "../../functions/mod.ts";
import {
  ApiAccess,
  AuthorizerCalls,
  AuthorizerGate,
  Authorizers,
  admitSigned,
  arnsOf,
  type CallAuthorizer,
  type Denial,
  Denials,
  type Devices,
  FailedAttempts,
  httpFacts,
  Identities,
  MqttAccess,
  makeSecret,
  memoryKeyStore,
  openKeyStore,
  openSecret,
  SignatureRefusals,
  writeOwn,
} from "../../identity/mod.ts";
import type { Authenticate, RecognizeDevice, SmallAnswer } from "../../listeners/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { Application } from "../../template/mod.ts";
import { account, type Configuration } from "../configuration.ts";
import { fetchJson } from "../http-client.ts";
import { placed } from "../problems.ts";
import { admission, connectTry } from "./authorizers.ts";
import { createHouseDevices } from "./devices.ts";

/** The service that MQTT over WebSocket is signed for. */
const services = ["iotdevicegateway"];

export interface Identity {
  readonly identities: Identities;
  readonly denials: Denials;
  readonly devices: Devices;
  readonly authorizers: Authorizers;
  readonly authorizerGate: AuthorizerGate;
  readonly attempts: FailedAttempts;
  /** Whom the broker lets in that no door knows. */
  readonly admit: Admission;
  /** Asks who is behind a request for `/mqtt`. */
  readonly authenticate: Authenticate;
  /** Asks whose a client's certificate is. */
  readonly recognizeDevice: RecognizeDevice;
  /** What callers of the APIs may do, and what services do in their roles. */
  readonly apiAccess: ApiAccess;
  /** What a function's process signs with, of its role; nothing: the role is not here. */
  readonly functionCredentials: (of: FunctionDefinition) => FunctionCredentials | undefined;
  /** Roles that functions of the template name and cannot take, at their place. */
  readonly roleProblems: readonly string[];
  /**
   * Brings back devices and authorizers, and puts the owner's access key where its owner finds it.
   * Answers with what is wrong with the template's devices.
   */
  start(): Promise<string[]>;
}

export interface IdentityOptions {
  readonly engines: { readonly records: Records };
  readonly application: Application;
  /** Without a folder the secret, and all that was given out, ends with the process. */
  readonly configuration: Pick<Configuration, "dataFolder" | "anonymous">;
  readonly loggerOf: (part: string) => Logger;
  readonly callAuthorizer: CallAuthorizer;
  /** Ends the connections of a principal that may be here no more. */
  readonly expel: (principal: string) => unknown;
  readonly onDenial: (denial: Denial) => void;
}

/** Throws a `WorldError` when the secret cannot be had. */
export function createIdentity(options: IdentityOptions): Identity {
  const { application, configuration, engines, loggerOf, expel, onDenial } = options;
  const { dataFolder } = configuration;
  const logger = loggerOf("identity");
  const clock = systemClock;
  const folder = dataFolder === undefined ? undefined : resolve(dataFolder);
  const facts = { partition: "aws", ...account };
  const denials = new Denials({ clock, logger, onDenial });
  const access = new MqttAccess({ account: facts, denials, clock });
  const shared = { account: facts, access, clock, random: systemRandom, logger };
  const house = createHouseDevices({ ...shared, records: engines.records, folder, expel });
  const identities = openIdentities(options, folder, house.devices);
  const attempts = new FailedAttempts(clock);
  const custom = createAuthorizers(options, { access, denials, attempts });
  const { authorizerGate } = custom;
  const { anonymous } = configuration;
  const admitUnproved = admission({ anonymous, gate: authorizerGate, denials });
  const credentialsOf = ({ name, role = "" }: FunctionDefinition) => {
    const sourceArn = arnsOf(facts)("lambda", `function:${name}`);
    const acting = { service: "lambda.amazonaws.com", sessionName: name, sourceArn };
    return identities.services.credentials(role, acting);
  };
  return {
    identities,
    denials,
    attempts,
    ...house,
    ...custom,
    admit: (facts) => admitUnproved(facts),
    apiAccess: new ApiAccess({ denials, clock }),
    functionCredentials(definition) {
      const found = credentialsOf(definition);
      if (found === "absent") return undefined;
      if (!("problem" in found)) return found;
      logger.error("function without credentials", {
        function: definition.name,
        reason: found.problem,
      });
      return undefined;
    },
    roleProblems: application.functions.flatMap((definition) => {
      const found = credentialsOf(definition);
      if (found === "absent" || !("problem" in found)) return [];
      return [placed(application, `function:${definition.name}`, found.problem)];
    }),
    authenticate: webSocketDoor({
      identities,
      access,
      things: house.devices.things,
      version: () => house.devices.shelves.ledger.version,
      authorizerGate,
      admitUnproved,
      logger,
    }),
    async start() {
      const problems = await house.devices.start(application.devices);
      const told = problems.map(({ key, message }) => placed(application, key, message));
      await custom.authorizers.start();
      const { accessKeyId, secretAccessKey } = identities.ownKey();
      if (folder === undefined) return told;
      const lines = ["[default]", `aws_access_key_id = ${accessKeyId}`];
      lines.push(`aws_secret_access_key = ${secretAccessKey}`, "");
      writeOwn(join(folder, "credentials"), lines.join("\n"));
      return told;
    },
  };
}

function openIdentities(
  options: IdentityOptions,
  folder: string | undefined,
  devices: Devices,
): Identities {
  const { application, loggerOf } = options;
  const random = systemRandom;
  return new Identities({
    account: { partition: "aws", ...account },
    secret: folder === undefined ? makeSecret(random) : openSecret(folder, random),
    keys: folder === undefined ? memoryKeyStore() : openKeyStore(folder),
    roles: application.roles,
    pools: application.identityPools,
    logins: {
      providers: application.identityProviders,
      fetchJson,
      iotPoliciesOf: (identityId) => devices.grants.compiledOf(identityId),
      logger: loggerOf("identity"),
    },
    clock: systemClock,
    random,
  });
}

interface WebSocketDoor {
  readonly identities: Identities;
  readonly access: MqttAccess;
  readonly things: Devices["things"];
  /** Of the registry that says which policies and which thing a member of a pool has. */
  readonly version: () => number;
  readonly authorizerGate: AuthorizerGate;
  readonly admitUnproved: ReturnType<typeof admission>;
  readonly logger: Logger;
}

/**
 * By its signature, else by what it brings for an authorizer. Neither a wrong signature nor a token
 * that an authorizer's key did not sign is counted: no key can be guessed, and any page may try.
 */
function webSocketDoor(door: WebSocketDoor): Authenticate {
  const { identities, authorizerGate, admitUnproved, logger } = door;
  const refusals = new SignatureRefusals({ clock: systemClock, logger });
  return (request, { ip }) => {
    const found = identities.authenticate(signableRequest(request), { sourceIp: ip, services });
    if (found.ok) return { admit: (connect) => admitSigned(door, found.caller, connect) };
    const { problem } = found;
    const traceId = newUuid(systemRandom);
    if (problem.code !== "MissingAuthenticationTokenException") {
      refusals.report(problem, { ip, traceId });
      return { refusal: forbidden(traceId) };
    }
    const http = httpFacts(request);
    // Who brings nothing here may bring it in its CONNECT.
    if (!authorizerGate.concernsHttp(http, true)) {
      if (!authorizerGate.isInUse) return undefined;
      return { admit: (connect) => admitUnproved(connect, http), isUnproved: true };
    }
    const selection = authorizerGate.selectHttp(http);
    if (selection.ok) {
      return { admit: (asked) => authorizerGate.connectOver(http, connectTry(asked)) };
    }
    authorizerGate.tellUnselected(selection, ip);
    return { refusal: forbidden(traceId) };
  };
}

function createAuthorizers(
  { application, engines, callAuthorizer }: IdentityOptions,
  parts: {
    readonly access: MqttAccess;
    readonly denials: Denials;
    readonly attempts: FailedAttempts;
  },
) {
  const { region, accountId } = account;
  const clock = systemClock;
  const arnOf = (name: string) => `arn:aws:iot:${region}:${accountId}:authorizer/${name}`;
  const { records } = engines;
  const authorizers = new Authorizers({ definitions: application.authorizers, records, clock });
  const calls = new AuthorizerCalls({ call: callAuthorizer, clock, arnOf, accountId });
  const authorizerGate = new AuthorizerGate({
    ...parts,
    authorizers,
    calls,
    refreshing: { clock },
    random: systemRandom,
    arnOf,
  });
  return { authorizers, authorizerGate };
}

/** As AWS IoT says it; the reason is for the log. */
function forbidden(traceId: string): SmallAnswer {
  return {
    status: 403,
    headers: { "content-type": "application/json;charset=utf-8" },
    body: utf8(JSON.stringify({ message: "Forbidden", traceId })),
  };
}
