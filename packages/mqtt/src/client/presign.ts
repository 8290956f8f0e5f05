/**
 * A signed address for MQTT over WebSocket, as AWS IoT wants it: Signature Version 4 in the query,
 * made with what every browser has, on pages from `https:` and from this machine.
 *
 * The session token is added after signing, which is the service's own rule.
 */

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface PresignOptions {
  /** `ws:` or `wss:`, with path and without query. */
  readonly url: string;
  readonly region: string;
  readonly credentials: SigningCredentials;
  /** Of the wall clock; the server takes five minutes more or less. */
  readonly nowMs: number;
}

const algorithm = "AWS4-HMAC-SHA256";
const service = "iotdevicegateway";
const encoder = new TextEncoder();

/** The address to connect to, at once. */
export async function presign({
  url,
  region,
  credentials,
  nowMs,
}: PresignOptions): Promise<string> {
  const { host, pathname } = new URL(url);
  const at = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const steps = [at.slice(0, 8), region, service, "aws4_request"];
  const query = [
    ["X-Amz-Algorithm", algorithm],
    ["X-Amz-Credential", [credentials.accessKeyId, ...steps].join("/")],
    ["X-Amz-Date", at],
    ["X-Amz-SignedHeaders", "host"],
  ]
    .map(([name = "", value = ""]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  const canonical = ["GET", pathname, query, `host:${host}\n`, "host", hex(await digest(""))];
  const request = hex(await digest(canonical.join("\n")));
  let key = encoder.encode(`AWS4${credentials.secretAccessKey}`);
  for (const step of steps) key = await hmac(key, step);
  const toSign = [algorithm, at, steps.join("/"), request].join("\n");
  const signature = hex(await hmac(key, toSign));
  const { sessionToken } = credentials;
  const token =
    sessionToken === undefined ? "" : `&X-Amz-Security-Token=${encodeURIComponent(sessionToken)}`;
  return `${url}?${query}&X-Amz-Signature=${signature}${token}`;
}

async function digest(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const use = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, use, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
