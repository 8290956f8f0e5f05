/**
 * The page of a room, and the front page at `/?rooms`. It is complete without a script as far as
 * looking goes; lines, names and everything else that people wrote are put into it by the script as
 * text. The policy lets in one script (by nonce), the styles and pictures of this origin, and a
 * connection back to it (`'self'` covers `ws:` and `wss:` of the same host), nothing else.
 */

import { randomBytes } from "node:crypto";
import { home, room } from "./markup.ts";

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where a guest comes to credentials, and where it connects. */
export interface Surroundings {
  /** `region:uuid` of the identity pool. */
  readonly pool: string;
  /** Of AWS IoT's endpoint; empty: the page's own host serves MQTT and identities. */
  readonly mqttHost: string;
}

/** The page for a path such as `/`, `/lobby` or `/my room`, whether percent-encoded or not. */
export function renderPage(rawPath: string, surroundings: Surroundings): HttpResponse {
  const nonce = randomBytes(16).toString("base64");
  const name = roomName(rawPath);
  const title = name === "" ? "Millrace chat" : `${name} · Millrace chat`;
  const body = name === "" ? home : room.replace("{{room}}", () => escapeText(name));
  return {
    statusCode: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": contentPolicy(nonce, surroundings),
      "cache-control": "no-store",
      "referrer-policy": "no-referrer", // the link is the key of the room
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
    },
    body: `<!doctype html>
<html lang="en"${placeOf(surroundings)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="${viewport}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f3f6f4" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0e1517" media="(prefers-color-scheme: dark)">
<title>${escapeText(title)}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/app.css">
<script type="module" src="/assets/app.js" nonce="${nonce}"></script>
</head>
${body}
</html>
`,
  };
}

const viewport =
  "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content";

function placeOf({ pool, mqttHost }: Surroundings): string {
  return ` data-pool="${escapeText(pool)}" data-mqtt-host="${escapeText(mqttHost)}"`;
}

function contentPolicy(nonce: string, { pool, mqttHost }: Surroundings): string {
  const region = pool.split(":")[0];
  const others = `wss://${mqttHost} https://cognito-identity.${region}.amazonaws.com`;
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self'${mqttHost === "" ? "" : ` ${others}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** The name as a person reads it; empty for the front page. */
export function roomName(rawPath: string): string {
  const path = rawPath.replace(/^\/+|\/+$/g, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // It holds a bare `%`, so it was not encoded.
  }
}

export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
