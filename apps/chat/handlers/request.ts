/**
 * What a browser may ask: `hello` once per connection, `page` for older lines. Every member comes
 * from a stranger except `clientId` and `author`, which the rule added.
 */

export const linesPerPageMax = 50;

export interface Request {
  readonly kind: "request";
  readonly clientId: string;
  /** The public id of whoever asks, as the room sees it. */
  readonly author: string;
  /** One percent-encoded topic level. */
  readonly room: string;
  /** Comes back in the answer, so that the browser knows what is answered. */
  readonly nonce: string;
  /** Only lines older than this sort key; absent: the newest. */
  readonly before?: string;
  readonly limit: number;
}

export interface Refusal {
  readonly kind: "refusal";
  readonly clientId: string;
  readonly nonce?: string;
  readonly code: "bad-nonce" | "bad-room" | "bad-cursor" | "bad-limit";
  readonly text: string;
}

const room = /^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2}){1,200}$/;
const sortKey = /^\d{13}-[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** A request, or why it is refused, or `undefined` where there is nobody to answer. */
export function readRequest(event: unknown): Request | Refusal | undefined {
  if (typeof event !== "object" || event === null) return undefined;
  const said = event as Record<string, unknown>;
  const clientId = said.clientId;
  if (typeof clientId !== "string" || !/^[^+#\0]{1,128}$/.test(clientId)) return undefined;

  const refuse = (code: Refusal["code"], text: string, nonce?: string): Refusal => {
    return { kind: "refusal", clientId, nonce, code, text };
  };
  const { nonce, before, limit = linesPerPageMax } = said;
  if (typeof nonce !== "string" || !/^[\w-]{1,64}$/.test(nonce)) {
    return refuse("bad-nonce", "The nonce must be 1 to 64 letters, digits, _ or -");
  }
  if (typeof said.room !== "string" || !room.test(said.room) || said.room.length > 200) {
    const text = "The room must be one percent-encoded level of at most 200 characters";
    return refuse("bad-room", text, nonce);
  }
  if (before !== undefined && (typeof before !== "string" || !sortKey.test(before))) {
    return refuse("bad-cursor", "The cursor must be one that an earlier page gave", nonce);
  }
  if (!isCount(limit)) {
    return refuse("bad-limit", `The limit must be a number from 1 to ${linesPerPageMax}`, nonce);
  }
  const author = String(said.author ?? "");
  return { kind: "request", clientId, author, room: said.room, nonce, before, limit };
}

function isCount(limit: unknown): limit is number {
  return Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= linesPerPageMax;
}
