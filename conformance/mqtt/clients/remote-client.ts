/**
 * Real clients in a process of their own: commands go in and results come out as lines of JSON.
 *
 * So that one suite can drive libraries of other languages, and so that a client can vanish as in
 * life: its process is killed. In a line, `client` says which of the process's clients is meant:
 *
 *   {"id": 1, "do": "open", "options": {...}}       {"id": 1, "ok": {}}
 *   {"id": 2, "do": "connect"}                      {"id": 2, "ok": {"sessionPresent": false}}
 *   {"id": 3, "do": "subscribe", "filter", "qos"}   {"id": 3, "ok": {"granted": 1}}
 *   {"id": 4, "do": "publish", "topic", ...}        {"id": 4, "ok": {}}, once it is acknowledged
 *   {"id": 5, "do": "disconnect"}                   {"id": 5, "error": "why it failed"}
 *                                                   {"event": "message", ...}, "closed" or "back"
 */

export interface ClientOptions {
  readonly url: string;
  readonly clientId: string;
  /** 3 for MQTT 3.1, 4 for 3.1.1, 5. */
  readonly version: 3 | 4 | 5;
  readonly cleanStart: boolean;
  /** MQTT 5 only. */
  readonly sessionExpirySeconds: number;
  readonly will?: Omit<Note, "properties">;
  /** Paths: the authority of the server, and what the client shows. */
  readonly tls?: { readonly ca: string; readonly certificate: string; readonly key: string };
}

/** A message on its way to or from a client. */
export interface Note {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly properties?: NoteProperties;
}

export interface NoteProperties {
  readonly contentType?: string;
  readonly responseTopic?: string;
  readonly correlationData?: string;
  readonly messageExpiryInterval?: number;
  readonly userProperties?: readonly (readonly [string, string])[];
}

/** `back`: the library has connected again by itself. */
interface Turn {
  readonly event: "closed" | "back";
  readonly sessionPresent?: boolean;
}

type Said = { readonly client: number } & ((Note & { readonly event: "message" }) | Turn);

interface Answer {
  readonly id: number;
  readonly ok?: Record<string, unknown>;
  readonly error?: string;
}

type Command = Readonly<Record<string, unknown>>;

export class RemoteProcess {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #clients: RemoteClient[] = [];
  #askCount = 0;

  constructor(command: readonly string[]) {
    this.#process = Bun.spawn([...command], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    this.#read();
  }

  async open(options: ClientOptions): Promise<RemoteClient> {
    const client = this.#clients.length;
    const one = new RemoteClient((command) => this.ask({ client, ...command }));
    this.#clients.push(one);
    await this.ask({ client, do: "open", options });
    return one;
  }

  async ask(command: Command): Promise<Record<string, unknown>> {
    this.#askCount += 1;
    const id = this.#askCount;
    if (this.#process.exitCode !== null) throw new Error(`${command.do}: the process has ended`);
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#process.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    this.#process.stdin.flush();
    const { ok, error } = await answered;
    if (error !== undefined) throw new Error(`${command.do}: ${error}`);
    return ok ?? {};
  }

  /** As a device that loses its power. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  async #read(): Promise<void> {
    let text = "";
    const decoder = new TextDecoder();
    for await (const bytes of this.#process.stdout) {
      text += decoder.decode(bytes, { stream: true });
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) this.#take(JSON.parse(line));
    }
    for (const [id, answer] of this.#waiting) answer({ id, error: "the process has ended" });
  }

  #take(line: Answer | Said): void {
    if ("id" in line) {
      this.#waiting.get(line.id)?.(line);
      this.#waiting.delete(line.id);
    } else this.#clients[line.client]?.take(line);
  }
}

export class RemoteClient {
  readonly messages: Note[] = [];
  readonly #turns: Turn[] = [];
  readonly #ask: (command: Command) => Promise<Record<string, unknown>>;
  #wake = Promise.withResolvers<void>();

  constructor(ask: (command: Command) => Promise<Record<string, unknown>>) {
    this.#ask = ask;
  }

  async connect(): Promise<boolean> {
    const { sessionPresent } = await this.#ask({ do: "connect" });
    return sessionPresent as boolean;
  }

  /** The granted QoS. */
  async subscribe(filter: string, qos: 0 | 1 | 2): Promise<number> {
    const { granted } = await this.#ask({ do: "subscribe", filter, qos });
    return granted as number;
  }

  /** Resolves once it is acknowledged as its QoS asks. */
  async publish(note: Note): Promise<void> {
    await this.#ask({ do: "publish", ...note });
  }

  /** Takes leave; it does not come back. */
  async disconnect(): Promise<void> {
    await this.#ask({ do: "disconnect" });
  }

  /** At least so many messages. */
  async hears(count: number): Promise<Note[]> {
    while (this.messages.length < count) await this.#wake.promise;
    return this.messages;
  }

  /** Resolves when anything else has come. */
  hearsMore(): Promise<void> {
    return this.#wake.promise;
  }

  /** Resolves once the library has connected again by itself. */
  async comesBack(): Promise<boolean> {
    for (;;) {
      const at = this.#turns.findIndex(({ event }) => event === "back");
      if (at >= 0) return this.#turns.splice(at, 1)[0]!.sessionPresent === true;
      await this.#wake.promise;
    }
  }

  /** What the process has said about it. */
  take(said: Said): void {
    if (said.event === "message") this.messages.push(said);
    else this.#turns.push(said);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
