/** For tests of custom authorizers: a gate over a clock that stands still, and a function's double. */

import { generateKeyPairSync, sign } from "node:crypto";
import { ManualClock, silentLogger, systemRandom, utf8 } from "../../base/mod.ts";
import { openMemoryRecords, type Records } from "../../storage/mod.ts";
import { Denials } from "../denials.ts";
import { FailedAttempts } from "../failed-attempts.ts";
import { MqttAccess } from "../mqtt-access.ts";
import type { AuthorizerDefinition } from "./authorizer.ts";
import { type AuthorizerCall, AuthorizerCalls } from "./calls.ts";
import { AuthorizerGate, type ConnectTry } from "./gate.ts";
import { Authorizers } from "./registry.ts";

const region = "eu-central-1";
const accountId = "111122223333";
export const arns = `arn:aws:iot:${region}:${accountId}`;
export const functionArn = `arn:aws:lambda:${region}:${accountId}:function:decide`;

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const publicPem = publicKey.export({ type: "spki", format: "pem" }) as string;
export const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;

export function signToken(token: string): string {
  return sign("RSA-SHA256", utf8(token), privateKey).toString("base64");
}

export function policyOf(...statement: object[]) {
  return { Version: "2012-10-17", Statement: statement };
}

export const mayAll = policyOf({ Effect: "Allow", Action: "iot:*", Resource: "*" });

export function welcome(more: object = {}) {
  return { isAuthenticated: true, principalId: "ann", policyDocuments: [mayAll], ...more };
}

export const passwords: AuthorizerDefinition = {
  name: "Passwords",
  functionArn,
  signingDisabled: true,
  status: "ACTIVE",
  enableCachingForHttp: false,
};

export const tokens: AuthorizerDefinition = {
  name: "Tokens",
  functionArn,
  signingDisabled: false,
  status: "ACTIVE",
  enableCachingForHttp: false,
  tokenKeyName: "token",
  tokenSigningPublicKeys: { first: publicPem },
};

export async function openGate(
  definitions: readonly AuthorizerDefinition[] = [passwords, tokens],
  records: Records = openMemoryRecords(),
) {
  const clock = new ManualClock();
  const events: Record<string, unknown>[] = [];
  const calls: AuthorizerCall[] = [];
  const state = {
    /** What the function answers; a function is called with the event. */
    answer: welcome() as unknown | ((event: Record<string, unknown>) => unknown),
  };
  const denials = new Denials({ clock, logger: silentLogger });
  const attempts = new FailedAttempts(clock);
  const authorizers = new Authorizers({ definitions, records, clock });
  await authorizers.start();
  const arnOf = (name: string) => `${arns}:authorizer/${name}`;
  const call = async (asked: AuthorizerCall) => {
    const event = JSON.parse(Buffer.from(asked.payload).toString());
    events.push(event);
    calls.push(asked);
    const { answer } = state;
    const given = typeof answer === "function" ? await answer(event) : answer;
    const payload = given instanceof Uint8Array ? given : utf8(JSON.stringify(given));
    return { ok: true as const, payload };
  };
  const account = { partition: "aws", region, accountId };
  const gate = new AuthorizerGate({
    authorizers,
    calls: new AuthorizerCalls({ call, clock, arnOf, accountId }),
    access: new MqttAccess({ account, denials, clock }),
    denials,
    attempts,
    refreshing: { clock },
    random: systemRandom,
    arnOf,
  });
  return { gate, clock, events, calls, state, denials, attempts, authorizers, records };
}

export function tryOf(more: Partial<ConnectTry> = {}): ConnectTry {
  return {
    clientId: "ann-1",
    isAssignedId: false,
    persistent: false,
    willTopic: undefined,
    username: undefined,
    password: undefined,
    remoteAddress: "198.51.100.7",
    tls: undefined,
    ...more,
  };
}
