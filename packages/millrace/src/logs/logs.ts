/**
 * Logs: groups of streams of events, kept until their retention or for as long as there is room.
 *
 * Two ways in. `write` takes a line that nobody waits for: it is on disk a moment later, and a kill
 * in that moment loses it. `put` answers when its events are on disk. Readers see what either has
 * taken. A group or a stream that is asked for is on disk before that is answered; one that a
 * function's line needs comes by itself.
 *
 * What is dropped is counted, by its reason.
 */

import {
  type Clock,
  counter,
  errorText,
  type Figure,
  type Figured,
  gauge,
  type Logger,
  type Timer,
} from "../base/mod.ts";
import type { Change, Records } from "../storage/mod.ts";
import type { LogEvent, Place } from "./event.ts";
import { type Followed, type Follower, Followers, type FollowWish } from "./followers.ts";
import {
  dropStream,
  type Group,
  groupChange,
  newGroup,
  putStream,
  readGroups,
  type Stream,
  streamChange,
  streamRemoval,
} from "./group.ts";
import { groupsMax, storedBytesMaxDefault, streamsPerGroupMax, trimEveryMs } from "./limits.ts";
import { type ReadResult, type ReadWish, readEvents } from "./reader.ts";
import { removeDeleted, retainedFromMs, trimByTime, trimForRoom } from "./trim.ts";
import { LogWriter } from "./writer.ts";

export interface LogsOptions {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What all blocks may take; 1 GiB when absent. */
  readonly storedBytesMax?: number | undefined;
  /** Calls when others have had their turn. Absent: reads go on without giving them one. */
  readonly atEndOfTurn?: (callback: () => void) => void;
}

/** A group as a template asks for it. */
export interface LogGroupDefinition {
  readonly name: string;
  /** Absent: for ever, as far as there is room. */
  readonly retentionDays?: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** A line that nobody waits for. */
export interface LogLine extends LogEvent {
  readonly group: string;
  readonly stream: string;
}

export type LogProblem = "no-group" | "no-stream" | "exists" | "too-many";

export type LogResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: LogProblem };

/** How often what is on its way to the disk is waited for before one begins to follow. */
const settleAttempts = 5;

/** The share of the room that is left when some had to go. */
const roomKept = 0.98;

export class Logs implements Figured {
  readonly #options: LogsOptions;
  readonly #writer: LogWriter;
  readonly #followers: Followers;
  readonly #groups = new Map<string, Group>();
  #deleted: Group[] = [];
  #nextGroup = 1;
  #timer: Timer | undefined;
  #trimming: Promise<void> | undefined;
  #isClosed = false;
  readonly #counts = { written: 0, trimmedForRoom: 0, streamsForgotten: 0 };

  constructor(options: LogsOptions) {
    this.#options = options;
    this.#followers = new Followers(options.clock);
    this.#writer = new LogWriter({
      ...options,
      onWritten: () => {
        if (this.#storedBytes > this.#storedBytesMax) void this.trim();
      },
    });
  }

  /** Brings back what is on disk and makes the template's groups; once, before all else. */
  async start(definitions: readonly LogGroupDefinition[] = []): Promise<void> {
    for (const group of await readGroups(this.#options.records)) {
      this.#nextGroup = Math.max(this.#nextGroup, group.number + 1);
      if (group.record.isDeleted) this.#deleted.push(group);
      else this.#groups.set(group.record.name, group);
    }
    const groups = definitions.map(({ name, retentionDays, tags }) => {
      const group = this.#groups.get(name) ?? this.#addGroup(name);
      group.record.retentionDays = retentionDays;
      group.record.tags = tags;
      return group;
    });
    if (groups.length > 0) await this.#store(groups.map(groupChange));
    this.#trimLater();
  }

  /** Of every group that is there, in the order of their names. */
  get groups(): readonly Group[] {
    const names = [...this.#groups.keys()].sort();
    return names.map((name) => this.#groups.get(name)!);
  }

  group(name: string): Group | undefined {
    return this.#groups.get(name);
  }

  /** Takes a line and returns at once; its group and its stream come by themselves. */
  write({ group: groupName, stream: streamName, ...event }: LogLine): void {
    if (this.#isClosed) return;
    const group = this.#groups.get(groupName) ?? this.#addGroup(groupName);
    const stream = group.streams.get(streamName) ?? this.#addStream(group, streamName, true);
    if (!this.#writer.add(group, stream, event)) return;
    this.#counts.written += 1;
    if (this.#followers.any) this.#followers.tell(group, stream, [event]);
  }

  /**
   * Answers when the events, which are in the order of time, are durable. Rejects with a
   * `WorldError` when the disk does not take them, or too many wait for it.
   */
  async put(
    groupName: string,
    streamName: string,
    events: readonly LogEvent[],
  ): Promise<LogResult<undefined>> {
    const found = this.find(groupName, streamName);
    if (!found.ok) return found;
    const { group, stream } = found.value;
    const written = this.#writer.put(group, stream, events);
    this.#followers.tell(group, stream, events);
    await written;
    this.#counts.written += events.length;
    return good(undefined);
  }

  find(
    groupName: string,
    streamName: string,
  ): LogResult<{ readonly group: Group; readonly stream: Stream }> {
    const group = this.#groups.get(groupName);
    if (!group) return refuse("no-group");
    const stream = group.streams.get(streamName);
    return stream ? good({ group, stream }) : refuse("no-stream");
  }

  async createGroup(
    name: string,
    { tags }: { readonly tags: Readonly<Record<string, string>> },
  ): Promise<LogResult<undefined>> {
    if (this.#groups.has(name)) return refuse("exists");
    if (this.#groups.size >= groupsMax) return refuse("too-many");
    const group = this.#addGroup(name);
    group.record.tags = tags;
    await this.#store([groupChange(group)], () => this.#groups.delete(name));
    return good(undefined);
  }

  /** Its events go a while later. */
  async deleteGroup(name: string): Promise<LogResult<undefined>> {
    const group = this.#groups.get(name);
    if (!group) return refuse("no-group");
    group.record.isDeleted = true;
    this.#groups.delete(name);
    await this.#store([groupChange(group)], () => {
      group.record.isDeleted = false;
      if (!this.#groups.has(name)) this.#groups.set(name, group);
    });
    this.#deleted.push(group);
    void this.trim();
    return good(undefined);
  }

  /** Days, or for ever; tags. */
  async changeGroup(
    name: string,
    changes: Partial<Pick<Group["record"], "retentionDays" | "tags">>,
  ): Promise<LogResult<undefined>> {
    const group = this.#groups.get(name);
    if (!group) return refuse("no-group");
    const { retentionDays, tags } = group.record;
    Object.assign(group.record, changes);
    await this.#store([groupChange(group)], () => {
      Object.assign(group.record, { retentionDays, tags });
    });
    return good(undefined);
  }

  /** With `cameByItself`, nobody has asked for it, and it goes with its last event. */
  async createStream(
    groupName: string,
    streamName: string,
    cameByItself = false,
  ): Promise<LogResult<undefined>> {
    const group = this.#groups.get(groupName);
    if (!group) return refuse("no-group");
    if (group.streams.has(streamName)) return refuse("exists");
    if (group.streams.size >= streamsPerGroupMax) return refuse("too-many");
    const stream = this.#addStream(group, streamName, cameByItself);
    const changes = [streamChange(group, stream), groupChange(group)];
    await this.#store(changes, () => dropStream(group, stream));
    return good(undefined);
  }

  /** Its events are not shown any more; they go with their blocks. */
  async deleteStream(groupName: string, streamName: string): Promise<LogResult<undefined>> {
    const found = this.find(groupName, streamName);
    if (!found.ok) return found;
    const { group, stream } = found.value;
    stream.isDeleted = true;
    dropStream(group, stream);
    await this.#store([streamRemoval(group, stream)], () => {
      stream.isDeleted = false;
      putStream(group, stream);
    });
    return good(undefined);
  }

  /** Answers when everything that was taken so far is on disk, or lost and counted. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Events of the group's streams, as they are now. Rejects with a `WorldError`, or as `wants`. */
  async read(group: Group, wish: Omit<ReadWish, "giveTurn">): Promise<ReadResult> {
    const { records, clock, atEndOfTurn } = this.#options;
    await this.#writer.flush();
    const retained = retainedFromMs(group, clock.now());
    return readEvents(records, group.number, {
      ...wish,
      giveTurn: atEndOfTurn && (() => new Promise(atEndOfTurn)),
      fromMs: Math.max(wish.fromMs, retained),
      wants: (event) => group.streamsByNumber.has(event.stream) && wish.wants(event),
    });
  }

  /** Hears of events as they come, before they are on disk; answers with what ends that. */
  follow(wish: FollowWish, follower: Follower): () => void {
    return this.#followers.add(wish, follower);
  }

  /**
   * As `follow`; answers with which events were there before, so that each is read or told, and
   * none both. In a flood a few of before are told.
   */
  async followFromNow(wish: FollowWish, follower: Follower) {
    for (let n = 0; n < settleAttempts && this.#writer.pendingBytes > 0; n += 1) await this.flush();
    const firstBlocks = new Map(this.groups.map((group) => [group, group.record.nextBlock]));
    const stop = this.follow(wish, follower);
    for (const [group, events] of this.#writer.placeless) {
      for (const event of events) this.#followers.tellOne(follower, group, event.stream, event);
    }
    const isBefore = (group: Group, { block }: Place) => block < (firstBlocks.get(group) ?? 0);
    return { stop, isBefore };
  }

  /** Ends what would go on for as long as somebody listens. */
  endFollowing(): void {
    this.#followers.end();
  }

  /** Removes what is past its time or has no room; by itself once a minute. */
  trim(): Promise<void> {
    this.#trimming ??= this.#trim().finally(() => {
      this.#trimming = undefined;
    });
    return this.#trimming;
  }

  figures(): Figure[] {
    const { full, failed } = this.#writer.dropped;
    const { written, trimmedForRoom, streamsForgotten } = this.#counts;
    const reasons = { full, failed, room: trimmedForRoom };
    return [
      counter("millrace_log_events_total", "Events that logs have taken", written),
      counter(
        "millrace_log_events_dropped_total",
        "Events lost: too many waited for the disk, it failed, or later ones needed the room",
        Object.entries(reasons).map(([reason, value]) => ({ labels: { reason }, value })),
      ),
      counter(
        "millrace_log_streams_forgotten_total",
        "Streams of functions that went because their group had too many",
        streamsForgotten,
      ),
      gauge("millrace_log_stored_bytes", "What events take on disk", this.#storedBytes),
      gauge(
        "millrace_log_pending_bytes",
        "Events on their way to the disk",
        this.#writer.pendingBytes,
      ),
    ];
  }

  /** Answers when everything that was taken is on disk. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.endFollowing();
    await this.#writer.flush();
    await this.#trimming;
  }

  get #storedBytesMax(): number {
    return this.#options.storedBytesMax ?? storedBytesMaxDefault;
  }

  get #storedBytes(): number {
    let bytes = 0;
    for (const { record } of this.#groups.values()) bytes += record.storedBytes;
    return bytes;
  }

  async #trim(): Promise<void> {
    const { records, clock, logger } = this.#options;
    try {
      await this.#writer.flush(); // a group that was deleted gets no more blocks
      for (let group = this.#deleted[0]; group; group = this.#deleted[0]) {
        await removeDeleted(records, group);
        this.#deleted.shift();
      }
      for (const group of this.#groups.values()) {
        if (!this.#isClosed) await trimByTime(records, group, clock.now());
      }
      if (this.#storedBytes > this.#storedBytesMax) await this.#makeRoom();
    } catch (thrown) {
      logger.error("logs not trimmed", { reason: errorText(thrown) });
    }
  }

  /** A little more than is needed, so that it is not needed again at once. */
  async #makeRoom(): Promise<void> {
    while (this.#storedBytes > this.#storedBytesMax * roomKept && !this.#isClosed) {
      const largest = this.groups.reduce((left, right) =>
        right.record.storedBytes > left.record.storedBytes ? right : left,
      );
      const { records, clock } = this.#options;
      const { blocks, events } = await trimForRoom(records, largest, clock.now());
      if (blocks === 0) return; // all of it is on its way to the disk
      this.#counts.trimmedForRoom += events;
    }
  }

  #trimLater(): void {
    this.#timer = this.#options.clock.after(trimEveryMs, () => {
      void this.trim().then(() => {
        if (!this.#isClosed) this.#trimLater();
      });
    });
  }

  #addGroup(name: string): Group {
    const group = newGroup(this.#nextGroup, {
      name,
      createdAtMs: this.#options.clock.now(),
      tags: {},
      storedBytes: 0,
      nextBlock: 0,
      nextStream: 0,
    });
    this.#nextGroup += 1;
    this.#groups.set(name, group);
    return group;
  }

  #addStream(group: Group, name: string, cameByItself: boolean): Stream {
    if (group.streams.size >= streamsPerGroupMax) this.#forgetOldest(group);
    const createdAtMs = this.#options.clock.now();
    const stream = { number: group.record.nextStream, record: { name, createdAtMs, cameByItself } };
    group.record.nextStream += 1;
    putStream(group, stream);
    return stream;
  }

  #forgetOldest(group: Group): void {
    for (const stream of group.streams.values()) {
      if (!stream.record.cameByItself) continue;
      dropStream(group, stream);
      this.#counts.streamsForgotten += 1;
      void this.#store([streamRemoval(group, stream)]).catch((thrown) => {
        this.#options.logger.error("stream not removed", { reason: errorText(thrown) });
      });
      return;
    }
  }

  /** Answers when the changes are durable; where they cannot be, `undo` takes them back. */
  async #store(changes: readonly Change[], undo: () => void = () => {}): Promise<void> {
    try {
      await this.#options.records.update([], () => ({ changes, result: undefined }));
    } catch (thrown) {
      undo();
      throw thrown;
    }
  }
}

function good<T>(value: T): LogResult<T> {
  return { ok: true, value };
}

function refuse(problem: LogProblem): LogResult<never> {
  return { ok: false, problem };
}

export type { Followed, Follower, FollowWish };
