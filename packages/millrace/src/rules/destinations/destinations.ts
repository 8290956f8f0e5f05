/**
 * Destinations: URLs that the `http` action may send to, each once somebody there has said yes.
 *
 * A destination is asked with a token at its confirmation URL, and is used only after the token
 * came back. Changes happen one after the other, each durable before it takes effect; a request of
 * confirmation that does not get through is logged and told, and can be asked for again.
 *
 *     IN_PROGRESS -> ENABLED <-> DISABLED      IN_PROGRESS -> ERROR, when the token has expired
 */

import { type Clock, errorText, type Logger, newUuid, type Random, utf8 } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import { rulesLimits } from "../limits.ts";
import type { HttpSend } from "../ports.ts";
import type { Destination, DestinationStatus, WantedDestination } from "./destination.ts";
import { readDestinations, writeDestination } from "./destination-records.ts";
import { urlProblem } from "./url.ts";

export interface DestinationsOptions {
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly send: HttpSend;
  /** The name that the outside knows the destination by. */
  readonly arnOf: (id: string) => string;
}

export type DestinationProblem =
  | { readonly kind: "missing" }
  | { readonly kind: "exists"; readonly id: string }
  | { readonly kind: "invalid"; readonly reason: string };

export type DestinationResult =
  | { readonly ok: true; readonly destination: Destination }
  | { readonly ok: false; readonly problem: DestinationProblem };

export class Destinations {
  readonly #options: DestinationsOptions;
  readonly #byId = new Map<string, Destination>();
  /** Wanted by rules before the start. */
  readonly #wanted: WantedDestination[] = [];
  #enableUrlOf: ((token: string) => string) | undefined;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: DestinationsOptions) {
    this.#options = options;
  }

  /** Brings back what is stored, then asks those that rules want and that are new. */
  async start({ endpointUrl }: { readonly endpointUrl: string }): Promise<void> {
    for (const one of await readDestinations(this.#options.records)) this.#byId.set(one.id, one);
    this.#enableUrlOf = (token) => `${endpointUrl}/confirmdestination/${token}`;
    for (const wanted of this.#wanted.splice(0)) await this.#createIfNew(wanted);
  }

  /** A rule sends to URLs under this one: asks there, unless that has been done. */
  readonly want = (wanted: WantedDestination): void => {
    if (!this.#enableUrlOf) {
      this.#wanted.push(wanted);
      return;
    }
    void this.#createIfNew(wanted).catch((thrown) => {
      const { confirmationUrl } = wanted;
      const fields = { confirmationUrl, reason: errorText(thrown) };
      this.#options.logger.error("destination could not be stored", fields);
    });
  };

  /** Why nothing may be sent there; `undefined` when it may. */
  readonly problemOf = (confirmationUrl: string): string | undefined => {
    const destination = this.#find(confirmationUrl);
    if (!destination) return `there is no destination "${confirmationUrl}"`;
    const { status } = this.#current(destination);
    if (status === "ENABLED") return undefined;
    return `destination "${confirmationUrl}" is not enabled, it is ${status}`;
  };

  get(id: string): Destination | undefined {
    const destination = this.#byId.get(id);
    return destination && this.#current(destination);
  }

  /** In the order of their ids, those behind `after`. */
  list(after?: string): Destination[] {
    return [...this.#byId.values()]
      .filter(({ id }) => after === undefined || id > after)
      .sort((left, right) => (left.id < right.id ? -1 : 1))
      .map((destination) => this.#current(destination));
  }

  create(confirmationUrl: string, givenId?: string): Promise<DestinationResult> {
    return this.#inTurn(async () => {
      const problem = this.#problemOfNew(confirmationUrl);
      if (problem) return { ok: false, problem };
      const { clock, random } = this.#options;
      const nowMs = clock.now();
      const isFree = givenId !== undefined && !this.#byId.has(givenId);
      const id = isFree ? givenId : newUuid(random);
      const made = { id, confirmationUrl, createdAtMs: nowMs, changedAtMs: nowMs };
      return { ok: true, destination: await this.#ask(made) };
    });
  }

  /** `IN_PROGRESS` asks again; only what was confirmed can be enabled or disabled. */
  setStatus(id: string, status: DestinationStatus): Promise<DestinationResult> {
    return this.#inTurn(async () => {
      const known = this.get(id);
      if (!known) return { ok: false, problem: { kind: "missing" } };
      if (status === "IN_PROGRESS") return { ok: true, destination: await this.#ask(known) };
      const isSwitch = status === "ENABLED" || status === "DISABLED";
      const isConfirmed = known.status === "ENABLED" || known.status === "DISABLED";
      if (!isSwitch || !isConfirmed) {
        const reason = `a destination that is ${known.status} cannot become ${status}`;
        return { ok: false, problem: { kind: "invalid", reason } };
      }
      return { ok: true, destination: await this.#put({ ...known, status }) };
    });
  }

  /** `undefined`: no destination waits for this token, or it came too late. */
  confirm(token: string, status: "ENABLED" | "DISABLED"): Promise<Destination | undefined> {
    return this.#inTurn(async () => {
      const known = [...this.#byId.values()].find((one) => one.token === token);
      if (!known || this.#current(known).status !== "IN_PROGRESS") return undefined;
      return this.#put({ ...known, status, token: undefined, reason: undefined });
    });
  }

  /** False when there is none. */
  delete(id: string): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.#byId.has(id)) return false;
      await writeDestination(this.#options.records, id, undefined);
      return this.#byId.delete(id);
    });
  }

  /** One change at a time, in the order in which they came. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined); // told to whoever asked for the change
    return result;
  }

  #problemOfNew(confirmationUrl: string): DestinationProblem | undefined {
    const reason = urlProblem(confirmationUrl);
    if (reason) return { kind: "invalid", reason };
    const known = this.#find(confirmationUrl);
    if (known) return { kind: "exists", id: known.id };
    const { destinationsMax } = rulesLimits;
    if (this.#byId.size < destinationsMax) return undefined;
    return {
      kind: "invalid",
      reason: `there are ${destinationsMax} destinations, more are not taken`,
    };
  }

  async #createIfNew({ confirmationUrl, id }: WantedDestination): Promise<void> {
    const result = await this.create(confirmationUrl, id);
    if (result.ok || result.problem.kind !== "invalid") return;
    const { reason } = result.problem;
    this.#options.logger.warn("destination is not taken", { confirmationUrl, reason });
  }

  #find(confirmationUrl: string): Destination | undefined {
    return [...this.#byId.values()].find((one) => one.confirmationUrl === confirmationUrl);
  }

  /** As of now: a token that has expired is an error. */
  #current(destination: Destination): Destination {
    const { status, changedAtMs } = destination;
    const isLate = this.#options.clock.now() - changedAtMs > rulesLimits.confirmationMsMax;
    if (status !== "IN_PROGRESS" || !isLate) return destination;
    return { ...destination, status: "ERROR", reason: "it was not confirmed in time" };
  }

  async #put(destination: Destination): Promise<Destination> {
    const stored = { ...destination, changedAtMs: this.#options.clock.now() };
    await writeDestination(this.#options.records, stored.id, stored);
    this.#byId.set(stored.id, stored);
    return stored;
  }

  /** Waits for nobody: the answer of the other side may take as long as it likes. */
  async #ask(
    destination: Pick<Destination, "id" | "confirmationUrl" | "createdAtMs" | "changedAtMs">,
  ): Promise<Destination> {
    const token = Buffer.from(this.#options.random.bytes(32)).toString("base64url");
    const { id, confirmationUrl, createdAtMs, changedAtMs } = destination;
    const named = { id, confirmationUrl, createdAtMs, changedAtMs };
    const stored = await this.#put({ ...named, token, status: "IN_PROGRESS" });
    void this.#sendQuestion(stored, token);
    return stored;
  }

  async #sendQuestion({ id, confirmationUrl }: Destination, token: string): Promise<void> {
    const { logger, send, arnOf } = this.#options;
    const enableUrl = this.#enableUrlOf?.(token);
    logger.info("destination waits for its confirmation", { confirmationUrl, enableUrl });
    const arn = arnOf(id);
    const body = {
      arn,
      confirmationToken: token,
      enableUrl,
      messageType: "DestinationConfirmation",
    };
    try {
      const { status } = await send({
        url: questionUrl(confirmationUrl, token),
        headers: [
          ["content-type", "application/json"],
          ["x-amz-rules-engine-message-type", "DestinationConfirmation"],
          ["x-amz-rules-engine-destination-arn", arn],
        ],
        body: utf8(JSON.stringify(body)),
        timeoutMs: rulesLimits.httpBudgetMs,
      });
      if (status >= 200 && status < 300) return;
      await this.#noteFailure(id, token, `the confirmation request was answered ${status}`);
    } catch (thrown) {
      const reason = `the confirmation request could not be sent: ${errorText(thrown)}`;
      await this.#noteFailure(id, token, reason);
    }
  }

  /** The token stays good: whoever has it from the log may still bring it. */
  async #noteFailure(id: string, token: string, reason: string): Promise<void> {
    const { logger } = this.#options;
    logger.warn("destination was not asked", { destination: id, reason });
    const noted = this.#inTurn(async () => {
      const known = this.#byId.get(id); // it may be confirmed by now, asked again, or gone
      if (known?.token === token) await this.#put({ ...known, reason });
    });
    await noted.catch((thrown) => {
      logger.error("destination could not be stored", {
        destination: id,
        reason: errorText(thrown),
      });
    });
  }
}

/** AWS puts a slash before the question mark; a URL with a query of its own gets another member. */
function questionUrl(confirmationUrl: string, token: string): string {
  const url = new URL(confirmationUrl);
  if (url.search === "" && !url.pathname.endsWith("/")) url.pathname += "/";
  url.searchParams.set("confirmationToken", token);
  return url.href;
}
