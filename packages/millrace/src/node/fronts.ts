/** Who answers the requests that a front has read: the edge, and the tables. */

import type { TableDoor } from "../endpoints/mod.ts";
import {
  bodyBytesMax,
  type Client,
  describeHeaders,
  type Edge,
  type EventHeaders,
  type Incoming,
} from "../gateway/mod.ts";
import { type Meet, mqttPath, type RequestHeaders, type WholeRequest } from "../listeners/mod.ts";

/** The edge takes every request but those of MQTT. */
export function meetAtEdge(edge: Edge): Meet {
  return (headers, client) => {
    const host = headers.get("host")!;
    const described = describeHeaders(headers.toRecord(), { protocol: "http", host }, client);
    const common = { described, client };
    return {
      takes: ({ target }) => pathOfTarget(target) !== mqttPath,
      answer: (request) => edge.answer(new FrontRequest(request, common)),
    };
  };
}

/** Without the query. */
export function pathOfTarget(target: string): string {
  const mark = target.indexOf("?");
  return mark < 0 ? target : target.slice(0, mark);
}

/** The tables take calls of their operations, and look later at what `signedChanging` names. */
export function meetAtTables(tables: TableDoor): Meet {
  return (headers, client) => {
    // A connection keeps what is made here, so not these headers: the whole request is behind them.
    const call = { method: "POST", url: `http://${headers.get("host")}/` };
    const answer = tables.taking({ ...call, headers });
    return (
      answer && {
        takes: ({ method, target }) => method === "POST" && target === "/",
        answer: ({ headers, body }) => answer({ ...call, headers, body }, client),
      }
    );
  };
}

/** A request that a front has read, as the edge takes it. */
class FrontRequest implements Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly described: EventHeaders;
  readonly client: Client;
  readonly #body: Uint8Array;

  constructor(
    { method, target, headers, body }: WholeRequest,
    { described, client }: { readonly described: EventHeaders; readonly client: Client },
  ) {
    this.method = method;
    this.path = pathOfTarget(target);
    this.query = target.slice(this.path.length + 1);
    this.headers = headers;
    this.described = described;
    this.client = client;
    this.#body = body;
  }

  readBody(): Uint8Array | undefined {
    return this.#body.length > bodyBytesMax ? undefined : this.#body;
  }

  asRequest(): Request {
    const { method, path, query, headers } = this;
    const url = `http://${headers.get("host")}${path}${query && `?${query}`}`;
    const body = this.#body.length > 0 ? (this.#body as Uint8Array<ArrayBuffer>) : null;
    return new Request(url, { method, headers: headers.toRecord(), body });
  }
}
