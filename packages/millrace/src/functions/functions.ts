/**
 * The functions of an application: starts them, calls them, ends them.
 *
 * `start` prepares every function at once and runs none: the first call starts the first process.
 * Nothing here authenticates; who may call is decided at the doors.
 */

import {
  type Clock,
  errorText,
  type Figured,
  type Logger,
  newUuid,
  type Random,
  WorldError,
} from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import { type AsyncCall, AsyncCalls, type TryResult, tryResultOf } from "./async/async-calls.ts";
import { asyncSettingsDefault, isBus } from "./async/settings.ts";
import { type SendToBus, sendRecord } from "./async/to-bus.ts";
import type { Call, InvokeOptions, InvokeResult, Outcome } from "./call.ts";
import { Catalogue } from "./catalogue/catalogue.ts";
import { latest, resolveVersion, versionOf } from "./catalogue/resolve.ts";
import { reserveAll } from "./concurrency/reserve.ts";
import { AutoPublisher } from "./control/auto-publish.ts";
import { bringBack } from "./control/bring-back.ts";
import { FunctionControl } from "./control/control.ts";
import { FunctionSettings } from "./control/settings.ts";
import { Turns } from "./control/turns.ts";
import type { FunctionDefinition } from "./definition.ts";
import { notReady } from "./failures.ts";
import { functionFigures } from "./figures.ts";
import { Fleet } from "./fleet.ts";
import { type Inspector, inspectorsOf } from "./inspect/inspector.ts";
import type { LayerDefinition } from "./layers/layer.ts";
import { LayerStore } from "./layers/layer-store.ts";
import { asyncRetryDelaysMsDefault } from "./limits.ts";
import { type KeptLine, keptLineOf, writeFunctionLine } from "./log-line.ts";
import { refuse } from "./outcomes.ts";
import type { FunctionLine } from "./output.ts";
import type { Pool } from "./pool/pool.ts";
import type { StartProblem } from "./problems.ts";
import { type Program, type ProgramHost, prepareProgram } from "./program.ts";
import { Reload } from "./reload/reload.ts";
import { WatchedFolders } from "./reload/watched-folders.ts";
import { RuntimeNotes } from "./runtimes/notes.ts";
import { findNode, findPython, type NodeCommand, type PythonCommand } from "./runtimes/runtime.ts";
import { TemporaryFolders } from "./temporary-folders.ts";
import { TraceIds } from "./tracing/trace-ids.ts";
import { FunctionUrls } from "./urls/function-urls.ts";
import type { UrlDefinition } from "./urls/url.ts";
import { createCredentials, type FunctionCredentials } from "./variables.ts";

export interface FunctionsOptions {
  readonly definitions: readonly FunctionDefinition[];
  readonly layers?: readonly LayerDefinition[] | undefined;
  /** The first of the ports for debuggers; absent: there are none. */
  readonly inspectPort?: number | undefined;
  /** Addresses of those functions. */
  readonly urls?: readonly UrlDefinition[] | undefined;
  /** Keeps asynchronous calls until they are done, and what the API has changed. */
  readonly records: Records;
  /** Waits before an asynchronous call that failed is tried again; absent: one minute, then two. */
  readonly retryDelaysMs?: readonly number[] | undefined;
  /** Processes at once, of all functions; absent: as many as suit this machine. */
  readonly processesMax?: number | undefined;
  /** Whether a function whose files change is made ready anew. */
  readonly watch?: boolean | undefined;
  /** For bundles; kept from start to start, one server at a time. Absolute. */
  readonly workFolder: string;
  /** All that the server keeps, no part of any code; absolute. Absent: it keeps nothing. */
  readonly dataFolder?: string | undefined;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Calls back when all that has come in this turn of the event loop has been dealt with. */
  readonly atEndOfTurn: (callback: () => void) => void;
  readonly logger: Logger;
  /**
   * What a process of the function signs its requests with, good for longer than the process may
   * live. Nothing, and without it: credentials that nobody knows.
   */
  readonly credentialsFor?: (definition: FunctionDefinition) => FunctionCredentials | undefined;
  /**
   * Takes the record of a call whose destination is an event bus, and answers when it is durable.
   * Rejects with a `WorldError` when it may help to try again, and else with the reason.
   */
  readonly sendToBus?: SendToBus | undefined;
  /** Gets what functions write, a line without its newline at a time; absent: the logger does. */
  readonly writeLog?: (line: string) => void;
  /** Gets every line as Lambda's log has it, with where it belongs there. Returns at once. */
  readonly keepLine?: (line: KeptLine) => void;
  /** Absent: the `node` on the server's PATH, or else the Bun that runs the server. */
  readonly node?: NodeCommand;
}

const unready: Outcome = { ...refuse(notReady), unavailable: true };

export interface Functions extends Figured {
  /**
   * Prepares every function for calls to `endpointUrl`, the API door. Answers with what is wrong
   * with any of them; those with a problem are not found by calls. Rejects with a `WorldError`
   * when the machine fails, not the sources.
   */
  start(options: { readonly endpointUrl: string }): Promise<StartProblem[]>;
  /** Whether there is such a function, with such a qualifier; it need not be able to run. */
  has(name: string, qualifier?: string): boolean;
  /**
   * Calls and waits; never rejects. `payload` is JSON of at most `payloadBytesMax`; bytes of it
   * stay as they are until the answer.
   */
  invoke(
    name: string,
    payload: string | Uint8Array,
    options?: InvokeOptions,
  ): Promise<InvokeResult>;
  /**
   * Accepts a call and answers when it is durable: it will be tried, over a crash too. Gives
   * its request id; `undefined`: no such function. Rejects with a `WorldError`, `TOO_MANY_CALLS`
   * when too many are waiting.
   */
  invokeAsync(
    name: string,
    payload: Uint8Array,
    options?: InvokeOptions,
  ): Promise<string | undefined>;
  /** Makes, changes and publishes functions. */
  readonly control: FunctionControl;
  /** Aliases, concurrency, asynchronous calls and permissions. */
  readonly settings: FunctionSettings;
  /** Their own addresses. */
  readonly urls: FunctionUrls;
  /** Folders that functions share. */
  readonly layers: LayerStore;
  /** Where debuggers find the functions. */
  inspectors(): readonly Inspector[];
  /**
   * What the function signs its own requests with where nobody gives it others; `undefined`: no
   * such function.
   */
  credentialsOf(name: string): FunctionCredentials | undefined;
  /** Lets calls in flight finish within a bound, then ends every process. */
  close(): Promise<void>;
}

/** Nothing is found by calls until `start` has answered. */
export function createFunctions(options: FunctionsOptions): Functions {
  const house = new FunctionHouse(options);
  // Others are handed single functions of it, without the whole.
  return {
    start: (where) => house.start(where),
    has: (name, qualifier) => house.has(name, qualifier),
    invoke: (name, payload, how) => house.invoke(name, payload, how),
    invokeAsync: (name, payload, how) => house.invokeAsync(name, payload, how),
    credentialsOf: (name) => house.credentialsOf(name),
    control: house.control,
    settings: house.settings,
    urls: house.urls,
    layers: house.layers,
    inspectors: () => house.inspectors,
    figures: () => house.figures(),
    close: () => house.close(),
  };
}

class FunctionHouse {
  readonly #options: FunctionsOptions;
  readonly #credentials = new Map<string, FunctionCredentials>();
  readonly control: FunctionControl;
  readonly settings: FunctionSettings;
  readonly urls: FunctionUrls;
  readonly layers: LayerStore;
  readonly inspectors: readonly Inspector[];
  readonly #node: NodeCommand;
  #host: ProgramHost | undefined;
  #notes: RuntimeNotes | undefined;
  #closed = false;
  readonly #reloads: Reload[] = [];
  readonly #watchedFolders: WatchedFolders;
  readonly #temporaryFolders: TemporaryFolders;
  readonly #traceIds: TraceIds;
  readonly #fleet: Fleet;
  readonly #catalogue: Catalogue;
  readonly #turns = new Turns();
  readonly #asyncCalls: AsyncCalls;
  readonly #publisher: AutoPublisher;
  /** What an earlier process has accepted is taken up, or never will be. */
  readonly #restored = Promise.withResolvers<void>();

  constructor(options: FunctionsOptions) {
    const { clock, random, logger, records, writeLog } = options;
    this.#options = options;
    this.#node = options.node ?? findNode();
    this.#traceIds = new TraceIds(random);
    this.#watchedFolders = new WatchedFolders({ logger });
    this.inspectors = inspectorsOf(options.definitions, options.inspectPort, this.#node);
    const sink = { clock, logger, writeLog };
    this.#temporaryFolders = new TemporaryFolders(options.workFolder);
    const write = (line: FunctionLine) => {
      writeFunctionLine(line, sink);
      options.keepLine?.(keptLineOf(line, clock.now()));
    };
    this.#fleet = new Fleet({ ...options, temporaryFolders: this.#temporaryFolders, write });
    this.#catalogue = new Catalogue(records);
    const shared = { catalogue: this.#catalogue, fleet: this.#fleet, turns: this.#turns };
    const named = {
      startedAtMs: clock.now(),
      arnOf: (name: string) => this.#arnOf(name),
      definitionOf: (name: string) => this.#definitionOf(name),
    };
    this.settings = new FunctionSettings({
      ...shared,
      ...named,
      now: () => clock.now(),
      has: (name) => this.has(name),
    });
    this.urls = new FunctionUrls({
      ...options,
      ...shared,
      definitions: options.urls ?? [],
      now: () => clock.now(),
      startedAtMs: clock.now(),
      has: (name) => this.has(name),
    });
    this.layers = new LayerStore({
      ...options,
      definitions: options.layers ?? [],
      now: () => clock.now(),
    });
    this.control = new FunctionControl({
      ...shared,
      ...named,
      findLayer: (arn) => this.layers.find(arn),
      clock,
      workFolder: options.workFolder,
      dataFolder: options.dataFolder,
      prepare: (definition) => this.#prepare(definition, false),
      forget: (name) => void this.#credentials.delete(name),
    });
    this.#publisher = new AutoPublisher({ ...this.#parts, inspectors: this.inspectors });
    this.#asyncCalls = new AsyncCalls({
      records,
      clock,
      logger,
      retryDelaysMs: options.retryDelaysMs ?? asyncRetryDelaysMsDefault,
      triesMax: this.#halfOfProcesses,
      receiverOf: (name, qualifier) => this.#receiverOf(name, qualifier),
      invoke: (event) => this.#tryEvent(event),
      newRequestId: () => newUuid(random),
    });
  }

  async start({ endpointUrl }: { readonly endpointUrl: string }): Promise<StartProblem[]> {
    await this.#catalogue.load();
    await this.layers.load();
    const left = await this.#temporaryFolders.clear();
    for (const folder of left) this.#options.logger.warn("folder not removed", { folder });
    await this.control.clearCode();
    await this.layers.clear(this.#usedLayers());
    this.#host = this.#describeHost(endpointUrl);
    const { definitions } = this.#options;
    const problems = await Promise.all(definitions.map((one) => this.#deploy(one)));
    if (problems.flat().length > 0) return problems.flat();
    const isTemplates = (name: string) => this.#definitionOf(name) !== undefined;
    await bringBack({ ...this.#parts, isTemplates });
    const unreserved = reserveAll({ ...this.#options, ...this.#parts, fleet: this.#fleet });
    if (unreserved.length > 0) return unreserved;
    const unpublished = await this.#publisher.publishAll(definitions);
    if (unpublished.length > 0) return unpublished;
    await this.#asyncCalls.restore();
    this.#restored.resolve();
    const saved = definitions.filter(({ inlineCode }) => inlineCode === undefined);
    if (this.#options.watch) await Promise.all(saved.map((one) => this.#follow(one)));
    return [];
  }

  get #parts() {
    const { control, settings } = this;
    return { control, settings, catalogue: this.#catalogue, logger: this.#options.logger };
  }

  #usedLayers(): ReadonlySet<string> {
    const kept = this.#catalogue.entries.flatMap(({ created, versions }) =>
      [...(created ? [created] : []), ...versions].map(({ definition }) => definition),
    );
    return new Set([...this.#options.definitions, ...kept].flatMap(({ layers = [] }) => layers));
  }

  has(name: string, qualifier?: string): boolean {
    const version = versionOf(this.#catalogue.get(name), qualifier ?? latest);
    if (version !== latest) return version !== undefined;
    return (
      this.#definitionOf(name) !== undefined || this.#catalogue.get(name).created !== undefined
    );
  }

  /** One promise for the whole way: each more would cost a microsecond or two. */
  invoke(
    name: string,
    payload: string | Uint8Array,
    options: InvokeOptions = {},
  ): Promise<InvokeResult> {
    const pool = this.#find(name, options.qualifier);
    if (!pool && !this.#isKept(name, options.qualifier)) return Promise.resolve({ found: false });
    const { requestId = newUuid(this.#options.random) } = options;
    const version = pool?.program.version ?? latest;
    if (!pool) return Promise.resolve({ found: true, requestId, version, ...unready });
    options.onVersion?.(version);
    const call = this.#callOf(pool, requestId, payload, options);
    return new Promise((resolve) => {
      this.#fleet.run(pool, call, (outcome) => {
        const { payload: answer, logTail, functionError, throttled, unavailable } = outcome;
        const result = { found: true, requestId, version, payload: answer, logTail } as const;
        resolve(functionError ? { ...result, functionError, throttled, unavailable } : result);
      });
    });
  }

  async invokeAsync(name: string, payload: Uint8Array, options: InvokeOptions = {}) {
    const { qualifier } = options;
    await this.#restored.promise; // until then places on disk may be taken, and aliases not there
    if (!this.has(name, qualifier)) return undefined;
    const requestId = newUuid(this.#options.random);
    await this.#asyncCalls.accept({ functionName: name, qualifier, requestId, payload });
    return requestId;
  }

  credentialsOf(name: string): FunctionCredentials | undefined {
    return this.#credentials.get(name);
  }

  figures() {
    return functionFigures(this.#fleet, this.#asyncCalls);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#asyncCalls.close();
    this.#restored.resolve();
    await Promise.all(this.#reloads.map((reload) => reload.close()));
    await this.#fleet.close();
    await this.#turns.settled();
    await this.#asyncCalls.settled();
  }

  /** By the API alone: no start goes on with a function of the template that cannot run. */
  #isKept(name: string, qualifier: string | undefined): boolean {
    return this.#definitionOf(name) === undefined && this.has(name, qualifier);
  }

  #find(name: string, qualifier: string | undefined): Pool | undefined {
    if (qualifier === undefined) return this.#fleet.find(name, latest);
    const version = resolveVersion(this.#catalogue.get(name), qualifier, this.#options.random);
    return version === undefined ? undefined : this.#fleet.find(name, version);
  }

  #callOf(
    pool: Pool,
    requestId: string,
    payload: string | Uint8Array,
    { qualifier, clientContext, onPiece, wantsLogTail }: InvokeOptions,
  ): Call {
    const arn = this.#arnOf(pool.program.functionName);
    return {
      requestId,
      payload,
      traceId: this.#traceIds.next(this.#options.clock.now(), pool.program.sampler),
      functionArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
      clientContext,
      onPiece,
      wantsLogTail,
    };
  }

  #arnOf(name: string): string {
    const { region, accountId } = this.#options;
    return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  }

  /** The other half is for callers who wait. */
  get #halfOfProcesses(): number {
    return Math.ceil(this.#fleet.places.processesMax / 2);
  }

  /** One try of an asynchronous call. */
  async #tryEvent({ functionName, qualifier, requestId, payload }: AsyncCall): Promise<TryResult> {
    if (isBus(functionName)) return sendRecord(this.#options, functionName, payload);
    const found = this.#find(functionName, qualifier);
    if (!found) return { kind: "unable" };
    if (this.#fleet.concurrency.reservedOf(functionName) === 0) return { kind: "never" };
    const call = this.#callOf(found, requestId, payload, { qualifier });
    const ended = Promise.withResolvers<Outcome>();
    this.#fleet.run(found, call, ended.resolve);
    return tryResultOf(await ended.promise, found.program.version);
  }

  #receiverOf(name: string, qualifier: string | undefined) {
    if (isBus(name)) {
      return {
        functionArn: name,
        settings: asyncSettingsDefault,
        laneWidth: this.#halfOfProcesses,
      };
    }
    if (!this.has(name, qualifier)) return undefined;
    const set = this.settings.asyncSettingsOf(name, qualifier ?? latest);
    const settings = set ?? asyncSettingsDefault;
    const { concurrency } = this.#fleet;
    const laneWidth = Math.max(1, concurrency.reservedOf(name) ?? concurrency.unreservedMax);
    return { functionArn: this.#arnOf(name), settings, laneWidth };
  }

  #definitionOf(name: string): FunctionDefinition | undefined {
    return this.#options.definitions.find((one) => one.name === name);
  }

  #describeHost(endpointUrl: string): ProgramHost {
    const { logger, workFolder, region, accountId, clock, random } = this.#options;
    let python: { readonly found: PythonCommand | undefined } | undefined;
    const machine = {
      node: this.#node,
      findPython() {
        python ??= { found: findPython() };
        return python.found;
      },
    };
    this.#notes = new RuntimeNotes({ machine, logger });
    const path = process.env.PATH ?? "";
    const findLayer = (arn: string) => this.layers.find(arn);
    const shared = { workFolder, region, accountId, endpointUrl, clock, random, machine, path };
    return { ...shared, findLayer };
  }

  async #follow(definition: FunctionDefinition): Promise<void> {
    const { clock, logger, dataFolder } = this.#options;
    const reload = new Reload({
      definition,
      clock,
      logger,
      dataFolder,
      folders: this.#watchedFolders,
      prepare: () => this.#prepare(definition, true),
      deploy: async (program) => {
        await this.#fleet.deploy(program);
        await this.#publisher.republish(definition);
      },
    });
    this.#reloads.push(reload);
    await reload.begin(this.#fleet.find(definition.name, latest)!.program);
  }

  async #deploy(definition: FunctionDefinition): Promise<StartProblem[]> {
    const program = await this.#prepare(definition, true);
    if (Array.isArray(program)) return program;
    await this.#fleet.deploy(program);
    return [];
  }

  async #noteRuntime({ runtime }: FunctionDefinition): Promise<void> {
    if (!this.#closed) await this.#notes?.tell(runtime);
  }

  /** With `checked`, the file of the handler must be there; else its absence shows in calls. */
  #prepare(definition: FunctionDefinition, checked: boolean): Promise<Program | StartProblem[]> {
    const { name } = definition;
    const own = this.#credentials.get(name) ?? createCredentials(this.#options.random);
    this.#credentials.set(name, own);
    const credentials = () => this.#options.credentialsFor?.(definition) ?? own;
    const inspector = this.inspectors.find(({ functionName }) => functionName === name);
    const inspectorPort = definition.version === undefined ? inspector?.port : undefined;
    const options = { credentials, host: this.#host!, checked, inspectorPort };
    void this.#restored.promise.then(() => this.#noteRuntime(definition));
    return prepareProgram(definition, options).catch((thrown) => {
      const text = `cannot prepare function "${name}": ${errorText(thrown)}`;
      throw new WorldError("FUNCTION_NOT_PREPARED", text, thrown);
    });
  }
}
