/**
 * The function behind the chat. It is called in two ways: over HTTP for the page of a room, and by
 * the rule on `chat/out` when a browser says hello or asks for a page of the backlog. Nothing that
 * a browser sent is believed before `readRequest` has looked at it.
 */

import { sendToInbox } from "./inbox.ts";
import { readPage } from "./lines.ts";
import { type HttpResponse, renderPage } from "./page.ts";
import { type Refusal, type Request, readRequest } from "./request.ts";

interface HttpEvent {
  readonly version: "2.0";
  readonly rawPath: string;
  readonly rawQueryString: string;
}

/** The HTTP answer for an HTTP event (payload version 2.0); nothing for an event of the rule. */
export async function handler(event: unknown): Promise<unknown> {
  if (isHttpEvent(event)) return answerHttp(event);
  const request = readRequest(event);
  if (request === undefined) {
    console.warn("Cannot answer a message without a usable client id");
    return;
  }
  await sendToInbox(request.clientId, await answer(request));
}

/** Whoever comes without a room meets the others in the lobby; `/?rooms` is the front page. */
function answerHttp({ rawPath, rawQueryString }: HttpEvent): HttpResponse {
  if (rawPath === "/" && rawQueryString !== "rooms") {
    return { statusCode: 302, headers: { location: "/lobby" }, body: "" };
  }
  const { POOL: pool = "", MQTT_HOST: mqttHost = "" } = process.env;
  return renderPage(rawPath, { pool, mqttHost });
}

async function answer(request: Request | Refusal): Promise<object> {
  if (request.kind === "refusal") {
    return { v: 1, type: "error", code: request.code, text: request.text, of: request.nonce };
  }
  const { room, nonce, author } = request;
  const page = await readPage(request, Date.now());
  return { v: 1, type: "page", room, nonce, you: author, ...page };
}

function isHttpEvent(event: unknown): event is HttpEvent {
  return typeof event === "object" && event !== null && "rawPath" in event && "version" in event;
}
