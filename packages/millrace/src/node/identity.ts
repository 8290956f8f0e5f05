/**
 * Identities at their doors: where the deployment's secret is kept, how the WebSocket door finds
 * out who comes, and where the owner finds the first access key.
 */

import { join, resolve } from "node:path";
import { signableRequest } from "../aws/mod.ts";
import { type Logger, newUuid, systemClock, systemRandom } from "../base/mod.ts";
import type { FunctionCredentials, FunctionDefinition } from "../functions/mod.ts";
import {
  ApiAccess,
  arnsOf,
  Denials,
  type Devices,
  Identities,
  MqttAccess,
  makeSecret,
  memoryKeyStore,
  openKeyStore,
  openSecret,
  SignatureRefusals,
  writeOwn,
} from "../identity/mod.ts";
import type { Authenticate, RecognizeDevice } from "../listeners/mod.ts";
import type { Records } from "../storage/mod.ts";
import type { Application } from "../template/mod.ts";
import { account, type Configuration } from "./configuration.ts";
import { createHouseDevices } from "./devices.ts";
import { placed } from "./problems.ts";

/** The service that MQTT over WebSocket is signed for. */
const services = ["iotdevicegateway"];

export interface Identity {
  readonly identities: Identities;
  readonly denials: Denials;
  readonly devices: Devices;
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
   * Brings back devices, and puts the owner's access key where its owner finds it. Answers with
   * what is wrong with the template's devices.
   */
  start(): Promise<string[]>;
}

export interface IdentityOptions {
  readonly application: Application;
  readonly engines: { readonly records: Records };
  /** Without a folder the secret, and all that was given out, ends with the process. */
  readonly configuration: Pick<Configuration, "dataFolder">;
  readonly loggerOf: (part: string) => Logger;
  /** Ends the connections of a principal that may be here no more. */
  readonly expel: (principal: string) => unknown;
}

/** Throws a `WorldError` when the secret cannot be had. */
export function createIdentity(options: IdentityOptions): Identity {
  const { application, engines, configuration, loggerOf, expel } = options;
  const { dataFolder } = configuration;
  const logger = loggerOf("identity");
  const random = systemRandom;
  const clock = systemClock;
  const folder = dataFolder === undefined ? undefined : resolve(dataFolder);
  const facts = { partition: "aws", ...account };
  const identities = new Identities({
    account: facts,
    secret: folder === undefined ? makeSecret(random) : openSecret(folder, random),
    keys: folder === undefined ? memoryKeyStore() : openKeyStore(folder),
    roles: application.roles,
    pools: application.identityPools,
    clock,
    random,
  });
  const denials = new Denials({ clock, logger });
  const refusals = new SignatureRefusals({ clock, logger });
  const access = new MqttAccess({ account: facts, denials, clock });
  const shared = { account: facts, access, clock, random, logger };
  const house = createHouseDevices({ ...shared, records: engines.records, folder, expel });
  const credentialsOf = ({ name, role = "" }: FunctionDefinition) => {
    const sourceArn = arnsOf(facts)("lambda", `function:${name}`);
    const acting = { service: "lambda.amazonaws.com", sessionName: name, sourceArn };
    return identities.services.credentials(role, acting);
  };
  return {
    identities,
    denials,
    ...house,
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
    authenticate(request, { ip }) {
      const found = identities.authenticate(signableRequest(request), { sourceIp: ip, services });
      if (found.ok) return { admit: (connect) => access.admit(found.caller, connect) };
      const { problem } = found;
      if (problem.code === "MissingAuthenticationTokenException") return undefined;
      const traceId = newUuid(random);
      refusals.report(problem, { ip, traceId });
      return { refusal: forbidden(traceId) };
    },
    async start() {
      const problems = await house.devices.start(application.devices);
      const told = problems.map(({ key, message }) => placed(application, key, message));
      const { accessKeyId, secretAccessKey } = identities.ownKey();
      if (folder === undefined) return told;
      const lines = ["[default]", `aws_access_key_id = ${accessKeyId}`];
      lines.push(`aws_secret_access_key = ${secretAccessKey}`, "");
      writeOwn(join(folder, "credentials"), lines.join("\n"));
      return told;
    },
  };
}

/** As AWS IoT says it; the reason is for the log. */
function forbidden(traceId: string): Response {
  return Response.json({ message: "Forbidden", traceId }, { status: 403 });
}
