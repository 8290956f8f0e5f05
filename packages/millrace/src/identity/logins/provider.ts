/** Identity providers: who issues tokens, for whom, and where its keys are. */

import { isLoopbackName } from "../../base/mod.ts";

/** An OpenID Connect provider as a template names it. */
export interface LoginProvider {
  /** As `Logins` and condition keys have it: the issuer without `https://`. */
  readonly name: string;
  /** The URL that its discovery document stands under. */
  readonly issuer: string;
  /** Client ids, one of which a token must be for. */
  readonly audiences: readonly string[];
}

/** One that is registered in the account, and may be named in trust policies. */
export interface AccountProvider extends LoginProvider {
  readonly arn: string;
}

/**
 * Why a URL cannot be an issuer's; `undefined` when it can. HTTPS, but for this machine itself, so
 * that an application can be tried out together with its provider.
 */
export function issuerProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || text.length > 255) return `"${text.slice(0, 255)}" is no URL of up to 255 characters`;
  const { protocol, hostname } = url;
  // Of an empty query, an empty fragment and blanks the URL that was read knows nothing.
  if (/[?#\s]/.test(text) || url.username !== "" || url.password !== "") {
    return `"${text}" has more than a host and a path`;
  }
  if (protocol === "https:" || (protocol === "http:" && isLoopbackName(hostname))) return undefined;
  return `"${text}" is not HTTPS, which all but loopback must be`;
}

/** The issuer without its scheme and the slash at its end. */
export function providerNameOf(issuer: string): string {
  return issuer.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

/** Google issues tokens under its name with and without the scheme. */
export function issuersOf({ issuer, name }: LoginProvider): string[] {
  return name === "accounts.google.com" ? [issuer, name] : [issuer];
}
