/**
 * Identities at their doors: where the deployment's secret is kept, how the WebSocket door finds
 * out who comes, and where the owner finds the first access key.
 */

import { join, resolve } from "node:path";
import { signableRequest } from "../aws/mod.ts";
import { type Logger, newUuid, systemClock, systemRandom } from "../base/mod.ts";
import {
  AuthorizerCalls,
  AuthorizerGate,
  Authorizers,
  type CallAuthorizer,
  Denials,
  FailedAttempts,
  httpFacts,
  Identities,
  MqttAccess,
  makeSecret,
  openSecret,
  SignatureRefusals,
  writeOwn,
} from "../identity/mod.ts";
import type { Authenticate } from "../listeners/mod.ts";
import type { Records } from "../storage/mod.ts";
import type { Application } from "../template/mod.ts";
import { connectTry } from "./authorizers.ts";
import { account, type Configuration } from "./configuration.ts";
import { fetchJson } from "./http-client.ts";

const noPolicies: readonly never[] = [];

/** The service that MQTT over WebSocket is signed for. */
const services = ["iotdevicegateway"];

export interface Identity {
  readonly identities: Identities;
  readonly denials: Denials;
  readonly authorizers: Authorizers;
  readonly authorizerGate: AuthorizerGate;
  readonly attempts: FailedAttempts;
  /** Asks who is behind a request for `/mqtt`. */
  readonly authenticate: Authenticate;
  /** Brings back the access keys and puts the first one where its owner finds it. */
  start(): Promise<void>;
}

export interface IdentityOptions {
  readonly application: Application;
  readonly engines: { readonly records: Records };
  /** Without a folder the secret, and all that was given out, ends with the process. */
  readonly configuration: Pick<Configuration, "dataFolder">;
  readonly loggerOf: (part: string) => Logger;
  readonly callAuthorizer: CallAuthorizer;
}

/** Throws a `WorldError` when the secret cannot be had. */
export function createIdentity(options: IdentityOptions): Identity {
  const { application, engines, configuration, loggerOf } = options;
  const { dataFolder } = configuration;
  const logger = loggerOf("identity");
  const random = systemRandom;
  const clock = systemClock;
  const folder = dataFolder === undefined ? undefined : resolve(dataFolder);
  const facts = { partition: "aws", ...account };
  const identities = new Identities({
    account: facts,
    secret: folder === undefined ? makeSecret(random) : openSecret(folder, random),
    records: engines.records,
    roles: application.roles,
    pools: application.identityPools,
    logins: {
      providers: application.identityProviders,
      fetchJson,
      // Nothing is attached to anybody yet, so that members may do nothing on the broker.
      iotPoliciesOf: () => noPolicies,
      logger,
    },
    clock,
    random,
  });
  const denials = new Denials({ clock, logger });
  const refusals = new SignatureRefusals({ clock, logger });
  const access = new MqttAccess({ account: facts, denials, clock });
  const attempts = new FailedAttempts(clock);
  const custom = createAuthorizers(options, { access, denials, attempts });
  const { authorizerGate } = custom;
  /** After a wait, where the address has failed before. */
  const refuse = (ip: string, traceId: string) => {
    const wait = attempts.wait(ip);
    attempts.note(ip);
    return wait ? wait.then(() => forbidden(traceId)) : forbidden(traceId);
  };
  return {
    identities,
    denials,
    attempts,
    ...custom,
    authenticate(request, { ip }) {
      const found = identities.authenticate(signableRequest(request), { sourceIp: ip, services });
      if (found.ok) return { admit: (connect) => access.admit(found.caller, connect) };
      const { problem } = found;
      const traceId = newUuid(random);
      if (problem.code !== "MissingAuthenticationTokenException") {
        refusals.report(problem, { ip, traceId });
        return { refusal: refuse(ip, traceId) };
      }
      const http = httpFacts(request);
      const selection = authorizerGate.selectHttp(http);
      if (!selection) return undefined;
      if (selection.ok)
        return { admit: (asked) => authorizerGate.connectOver(http, connectTry(asked)) };
      authorizerGate.tellUnselected(selection, ip);
      return { refusal: refuse(ip, traceId) };
    },
    async start() {
      await custom.authorizers.start();
      const { accessKeyId, secretAccessKey } = await identities.start();
      if (folder === undefined) return;
      const lines = ["[default]", `aws_access_key_id = ${accessKeyId}`];
      lines.push(`aws_secret_access_key = ${secretAccessKey}`, "");
      writeOwn(join(folder, "credentials"), lines.join("\n"));
    },
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
function forbidden(traceId: string): Response {
  return Response.json({ message: "Forbidden", traceId }, { status: 403 });
}
