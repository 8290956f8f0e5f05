/** Where the `http` action may send to. */

import { isLoopbackName } from "../../base/mod.ts";

const urlLengthMax = 2000;
const ports = ["", "443", "8443"];

/**
 * Why nothing may be sent to the URL; `undefined` when it may. As on AWS it is HTTPS on port 443 or
 * 8443, and no IPv6 address.
 */
export function urlProblem(text: string): string | undefined {
  if (text.length > urlLengthMax) return `a URL has at most ${urlLengthMax} characters`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return `"${text}" is no URL`;
  if (url.username !== "" || url.password !== "") return `"${text}" holds a user or a password`;
  if (url.hostname.startsWith("[")) return `"${text}" has an IPv6 address, which is not taken`;
  if (isLoopback(url)) return undefined;
  if (url.protocol !== "https:") return `"${text}" is not HTTPS, which all but loopback must be`;
  if (ports.includes(url.port)) return undefined;
  return `"${text}" has port ${url.port}, only 443 and 8443 are taken`;
}

/**
 * The one exception to what AWS takes: on this machine itself, plain HTTP and any port will do, so
 * that an application can be tried out together with the server that it sends to.
 */
function isLoopback({ protocol, hostname }: URL): boolean {
  const isHttp = protocol === "http:" || protocol === "https:";
  return isHttp && isLoopbackName(hostname);
}

/**
 * Whether a URL begins with the one that was confirmed, both as they are sent: what a message adds
 * to `https://example.com/in` must not make another host of it, nor leave its path by `..`.
 */
export function isUnder(url: string, confirmationUrl: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(confirmationUrl)) return false;
  return new URL(url).href.startsWith(new URL(confirmationUrl).href);
}
