/**
 * The tables' own way in, for a server that takes requests and gives answers as plain bytes.
 *
 * Making a `Request` and a `Response` costs more than reading an item. So what needs neither may
 * come here: a call of the tables, from a program of this machine. Everything else, also what is
 * refused before its service is asked, is the API door's (`api-door.ts`), which answers these
 * calls too, and the same.
 */

import { type HeaderReader, isSigned, parseTarget, type RequestHead } from "../aws/mod.ts";
import { type Awaitable, newUuid } from "../base/mod.ts";
import { type Answered, carryOut, headersOf, tableService } from "./dynamodb/service.ts";
import { namedKey } from "./gate.ts";
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

/**
 * At once where nothing has to be waited for. Neither throws nor rejects for what a client sent,
 * nor for a `WorldError`.
 */
export type AnswerWhole = (request: WholeRequest, client: Client) => Awaitable<WholeAnswer>;

export interface TableDoor {
  /**
   * How requests with this head are answered; `undefined`: not here. What it answers holds for
   * every head that has another date, length, body's hash, signature or invocation's id
   * (`x-amz-date`, `content-length`, `x-amz-content-sha256`), and else the same.
   */
  taking(head: RequestHead): AnswerWhole | undefined;
}

export function createTableDoor(ports: ApiDoorPorts): TableDoor {
  return {
    taking(head) {
      const target = parseTarget(head.headers.get("x-amz-target"));
      if (target?.service !== tableService || !isLocal(head.headers)) return undefined;
      const claimed = { ...namedKey(head), isSigned: isSigned(head) };
      return (request, client) => {
        const requestId = newUuid(ports.random);
        const readWhole = () => request.body;
        const answered = carryOut(
          { request, client, requestId, ports, readWhole, claimed },
          target,
        );
        return answered instanceof Promise
          ? answered.then((later) => whole(requestId, later))
          : whole(requestId, answered);
      };
    },
  };
}

function isLocal(headers: HeaderReader): boolean {
  return !headers.has("origin") && isLoopbackHost(headers.get("host"));
}

function whole(requestId: string, { status = 200, body }: Answered): WholeAnswer {
  return { status, headers: headersOf(requestId, body), body };
}
