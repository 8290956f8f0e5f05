/**
 * A custom authorizer: a function that says who a client is and what it may do, and how the token
 * is signed that it is asked about.
 *
 * [IoT: Creating and managing custom authorizers; API reference, CreateAuthorizer]
 */

import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { shortened, utf8 } from "../../base/mod.ts";
import { authorizerLimits as limits } from "./limits.ts";

export type AuthorizerStatus = "ACTIVE" | "INACTIVE";

export interface AuthorizerDefinition {
  readonly name: string;
  readonly functionArn: string;
  /** Under which name a client brings its token. */
  readonly tokenKeyName?: string | undefined;
  /** By name, in PEM form. */
  readonly tokenSigningPublicKeys?: Readonly<Record<string, string>> | undefined;
  readonly signingDisabled: boolean;
  readonly status: AuthorizerStatus;
  readonly enableCachingForHttp: boolean;
}

export interface Authorizer extends AuthorizerDefinition {
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

/** What is wrong with it, in a sentence; `undefined` when nothing is. */
export function authorizerProblem(definition: AuthorizerDefinition): string | undefined {
  const { name, functionArn, tokenKeyName, signingDisabled } = definition;
  const keys = Object.entries(definition.tokenSigningPublicKeys ?? {});
  if (!/^[\w=,@-]{1,128}$/.test(name)) {
    return `the name "${shortened(name)}" is not 1 to 128 letters, digits and _ = , @ -`;
  }
  if (!functionNameOf(functionArn)) return `"${shortened(functionArn)}" is no function's ARN`;
  if (tokenKeyName !== undefined && !/^[a-zA-Z0-9_-]{1,128}$/.test(tokenKeyName)) {
    return `the token's key name "${shortened(tokenKeyName)}" is not 1 to 128 letters, digits, _ -`;
  }
  if (signingDisabled) return undefined;
  if (tokenKeyName === undefined) return "tokens are signed, but their key name is missing";
  if (keys.length === 0) return "tokens are signed, but there is no public key to check them with";
  if (keys.length > limits.publicKeysMax) {
    return `there are ${keys.length} public keys, at most ${limits.publicKeysMax} are taken`;
  }
  for (const [keyName, pem] of keys) {
    const problem = keyProblem(pem);
    if (problem) return `the public key "${shortened(keyName)}" ${problem}`;
  }
  return undefined;
}

/** Name and qualifier out of a function's ARN; `undefined`: it is none. */
export function functionNameOf(
  arn: string,
): { readonly name: string; readonly qualifier?: string } | undefined {
  const form = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:([\w-]{1,64})(?::([\w$-]{1,128}))?$/;
  const [, name, qualifier] = form.exec(arn) ?? [];
  if (name === undefined) return undefined;
  return { name, ...(qualifier !== undefined && { qualifier }) };
}

function keyProblem(pem: string): string | undefined {
  const key = readKey(pem);
  if (!key) return "is no public key in PEM form";
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== "rsa") return "is no RSA key";
  return bits < limits.keyBitsMin ? `has ${bits} bits, at least ${limits.keyBitsMin}` : undefined;
}

function readKey(pem: string): KeyObject | undefined {
  if (pem.length > limits.publicKeyCharactersMax) return undefined;
  // A private key would be taken for its public half: it must not lie about in a template.
  if (!/-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) return undefined;
  try {
    return createPublicKey(pem);
  } catch {
    return undefined; // createPublicKey has no other way to say no
  }
}

/** The public keys of one authorizer, ready. */
export class TokenKeys {
  readonly #keys: readonly KeyObject[];

  constructor({ tokenSigningPublicKeys = {} }: AuthorizerDefinition) {
    const keys = Object.values(tokenSigningPublicKeys).map(readKey);
    this.#keys = keys.filter((key) => key !== undefined);
  }

  /** Whether one of them has signed the token: base64 of RSASSA-PKCS1-v1_5 over SHA-256. */
  haveSigned(token: string, signature: string): boolean {
    const bytes = Buffer.from(signature, "base64");
    return this.#keys.some((key) => verify("RSA-SHA256", utf8(token), key, bytes));
  }
}
