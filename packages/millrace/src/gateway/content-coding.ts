/** Which coding a client takes, from its Accept-Encoding (RFC 9110, 12.5.3). */

import type { Coding } from "../objects/mod.ts";

/** The one it prefers of Brotli and gzip, Brotli when it does not say; `undefined`: neither. */
export function chooseCoding(acceptEncoding: string | null): Coding | undefined {
  if (!acceptEncoding) return undefined;
  const weights = new Map<string, number>();
  for (const part of acceptEncoding.toLowerCase().split(",")) {
    const [name, ...parameters] = part.split(";").map((text) => text.trim());
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    weights.set(name!, q ? Number(q.slice(2)) || 0 : 1);
  }
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get("*") ?? 0;
  const [br, gzip] = [weightOf("br"), weightOf("gzip")];
  if (br === 0 && gzip === 0) return undefined;
  return br >= gzip ? "br" : "gzip";
}
