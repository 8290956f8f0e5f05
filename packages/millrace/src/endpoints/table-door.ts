/**
 * The tables' own way in, for a server that takes requests and gives answers as plain bytes.
 *
 * Making a `Request` and a `Response` costs more than reading an item. So what needs neither may
 * come here: a call of the tables, from a program of this machine. Everything else, also what is
 * refused before its service is asked, is the API door's (`api-door.ts`), which answers these
 * calls too, and the same.
 */

import { type HeaderReader, parseTarget, type RequestHead } from "../aws/mod.ts";
import { newUuid } from "../base/mod.ts";
import { carryOut, headersOf, tableService } from "./dynamodb/service.ts";
import type { ApiDoorPorts, Client } from "./ports.ts";
import { isLoopbackHost } from "./web-pages.ts";

export interface WholeRequest extends RequestHead {
  readonly body: Uint8Array;
}

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface TableDoor {
  /** Whether a request with these headers may come here. */
  takes(headers: HeaderReader): boolean;
  /** Only of what it takes. Never rejects for what a client sent, nor for a `WorldError`. */
  answer(request: WholeRequest, client: Client): Promise<WholeAnswer>;
}

export function createTableDoor(ports: ApiDoorPorts): TableDoor {
  return {
    takes(headers) {
      if (parseTarget(headers.get("x-amz-target"))?.service !== tableService) return false;
      return !headers.has("origin") && isLoopbackHost(headers.get("host"));
    },
    async answer(request, client) {
      const requestId = newUuid(ports.random);
      const readWhole = async () => request.body;
      const target = parseTarget(request.headers.get("x-amz-target"))!;
      const call = { request, client, requestId, ports, readWhole };
      const { status = 200, body } = await carryOut(call, target);
      return { status, headers: headersOf(requestId, body), body };
    },
  };
}
