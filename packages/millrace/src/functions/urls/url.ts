/** What a function's own address is: who may call it, how it answers, and which pages may ask. */

import { createHash } from "node:crypto";

export interface UrlSettings {
  /** Callers sign their requests; else everybody may call. */
  readonly signed: boolean;
  /** Answers go out as the handler writes them; else when they are whole. */
  readonly streamed: boolean;
  /** Absent: the handler answers for itself what browsers ask. */
  readonly cors?: UrlCors | undefined;
}

/** Which pages of other origins may ask; what is absent is not said to browsers. */
export interface UrlCors {
  /** Origins, in whatever case, or `*`. */
  readonly allowOrigins?: readonly string[] | undefined;
  readonly allowMethods?: readonly string[] | undefined;
  readonly allowHeaders?: readonly string[] | undefined;
  readonly exposeHeaders?: readonly string[] | undefined;
  readonly maxAgeSeconds?: number | undefined;
  readonly allowCredentials?: boolean | undefined;
}

/** Of the template. */
export interface UrlDefinition {
  readonly functionName: string;
  /** An alias; absent: the function as it is now. */
  readonly qualifier?: string | undefined;
  readonly settings: UrlSettings;
}

/** As it is kept for those that the API made. */
export interface StoredUrl extends UrlSettings {
  readonly createdMs: number;
  readonly lastModifiedMs: number;
}

export interface FunctionUrl extends StoredUrl {
  /** 32 letters and digits: the first label of its host name. */
  readonly id: string;
  readonly functionName: string;
  /** An alias; absent: the function as it is now. */
  readonly qualifier?: string | undefined;
  readonly ofTemplate: boolean;
}

/** Whose address it is. */
export interface UrlOwner {
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  readonly qualifier?: string | undefined;
}

/** The same at every start, made from its owner alone. */
export function functionUrlId(owner: UrlOwner): string {
  const { accountId, region, functionName, qualifier = "" } = owner;
  const seed = `url/${accountId}/${region}/${functionName}/${qualifier}`;
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  const digest = createHash("sha256").update(seed).digest();
  return Array.from(digest, (byte) => alphabet[byte & 31]).join("");
}
