/**
 * One client of the bare relay, in bytes: just enough MQTT for the generator.
 *
 * CONNECT, SUBSCRIBE to one exact topic, UNSUBSCRIBE, PUBLISH at the QoS of its subscribers,
 * PINGREQ; 3.1.1 and 5 without properties; packets of less than 128 bytes. A run of PUBLISH packets
 * to one topic is handed on in one write per subscriber. With QoS 1 the relay acknowledges what it
 * was sent and counts packet ids for each subscription; whether they come back it does not keep.
 */

interface Member {
  readonly client: RelayClient;
  lastPacketId: number;
}

const kinds = { connect: 1, publish: 3, subscribe: 8, unsubscribe: 10, pingreq: 12 } as const;
const packetIdMax = 65_535;
const rooms = new Map<string, Set<Member>>();

export class RelayClient {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #memberships: (readonly [Set<Member>, Member])[] = [];
  /** The beginning of a packet whose end has not come. */
  #rest: Uint8Array = new Uint8Array(0);
  #isLevel5 = false;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  receive(chunk: Uint8Array): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (at + 2 <= bytes.length && at + 2 + bytes[at + 1]! <= bytes.length) {
      const size = 2 + bytes[at + 1]!;
      const isPublish = bytes[at]! >> 4 === kinds.publish;
      const end = isPublish ? endOfRun(bytes, at, size) : at + size;
      if (isPublish) this.#relay(bytes.subarray(at, end), size);
      else this.#answer(bytes.subarray(at, end));
      at = end;
    }
    this.#rest = bytes.slice(at);
  }

  leave(): void {
    for (const [members, member] of this.#memberships) members.delete(member);
  }

  #answer(packet: Uint8Array): void {
    const kind = packet[0]! >> 4;
    if (kind === kinds.connect) {
      this.#isLevel5 = packet[8] === 5;
      this.#write(Uint8Array.from(this.#isLevel5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0]));
    } else if (kind === kinds.subscribe) this.#subscribe(packet);
    else if (kind === kinds.unsubscribe) this.#unsubscribe(packet);
    else if (kind === kinds.pingreq) this.#write(Uint8Array.of(0xd0, 0));
  }

  #subscribe(packet: Uint8Array): void {
    const topic = topicAt(packet, this.#isLevel5 ? 5 : 4);
    const members = rooms.get(topic) ?? new Set();
    const member = { client: this, lastPacketId: 0 };
    rooms.set(topic, members.add(member));
    this.#memberships.push([members, member]);
    const [high, low, qos] = [packet[2]!, packet[3]!, packet.at(-1)! & 3];
    this.#write(
      Uint8Array.from(this.#isLevel5 ? [0x90, 4, high, low, 0, qos] : [0x90, 3, high, low, qos]),
    );
  }

  /** Answers, and goes on: whoever unsubscribes here is not sent anything any more. */
  #unsubscribe(packet: Uint8Array): void {
    const [high, low] = [packet[2]!, packet[3]!];
    this.#write(
      Uint8Array.from(this.#isLevel5 ? [0xb0, 4, high, low, 0, 0] : [0xb0, 2, high, low]),
    );
  }

  /** Hands on a run of packets of one size to one topic. */
  #relay(run: Uint8Array, size: number): void {
    const members = rooms.get(topicAt(run, 2)) ?? [];
    if ((run[0]! & 6) === 0) {
      for (const { client } of members) client.#write(run);
      return;
    }
    const packetIdAt = 4 + ((run[2]! << 8) | run[3]!);
    this.#write(acknowledgementsOf(run, size, packetIdAt));
    const copy = Uint8Array.from(run);
    for (const member of members) {
      for (let at = packetIdAt; at < copy.length; at += size) {
        const packetId = (member.lastPacketId % packetIdMax) + 1;
        member.lastPacketId = packetId;
        copy[at] = packetId >> 8;
        copy[at + 1] = packetId;
      }
      member.client.#write(copy);
    }
  }
}

function acknowledgementsOf(run: Uint8Array, size: number, packetIdAt: number): Uint8Array {
  const acks = new Uint8Array((run.length / size) * 4);
  let ackAt = 0;
  for (let at = packetIdAt; at < run.length; at += size) {
    acks[ackAt] = 0x40;
    acks[ackAt + 1] = 2;
    acks[ackAt + 2] = run[at]!;
    acks[ackAt + 3] = run[at + 1]!;
    ackAt += 4;
  }
  return acks;
}

function topicAt(bytes: Uint8Array, at: number): string {
  const length = (bytes[at]! << 8) | bytes[at + 1]!;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at + 2, length).toString("latin1");
}

/** Where the run of PUBLISH packets to the topic of the first ends. */
function endOfRun(bytes: Uint8Array, start: number, size: number): number {
  const topic = topicAt(bytes, start + 2);
  let end = start + size;
  while (
    end + size <= bytes.length &&
    bytes[end] === bytes[start] &&
    bytes[end + 1] === bytes[start + 1] &&
    topicAt(bytes, end + 2) === topic
  ) {
    end += size;
  }
  return end;
}
