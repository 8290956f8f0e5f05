/**
 * CONNECT (3.1): who the client is, how it wants to be kept alive, and its will.
 *
 * Its protocol level decides how the rest of it, and every packet after it, is read. A level that
 * is not spoken here is still delivered, so that the server can answer CONNACK 0x01 or 0x84
 * [MQTT-3.1.2-2] [MQTT5-3.1.2-2]: then only `protocolLevel` was read and every other field is
 * empty or zero. Whether an empty client id is acceptable is the server's matter.
 *
 * MQTT 3.1 is read as its clients write it: flags that it leaves open are not judged, and user name
 * and password may be missing at the end though they are announced, since there the remaining
 * length has the last word.
 */

import { type Dialect, mqtt5Level, mqtt31Level } from "../dialect.ts";
import { firstBytes } from "../fixed-header.ts";
import type { Properties } from "../properties.ts";
import type { Reader } from "../reader.ts";
import { startPacket, textFieldBytes, type Writer } from "../writer.ts";
import type { Qos } from "./publish.ts";

export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties?: Properties | undefined;
}

export interface Connect {
  readonly type: "connect";
  /** As sent; see above for levels other than 3, 4 and 5. */
  readonly protocolLevel: number;
  /** At level 5 it is called Clean Start, and says nothing about the end of the session. */
  readonly cleanSession: boolean;
  /** 0: no keep-alive. */
  readonly keepAliveSeconds: number;
  readonly clientId: string;
  readonly will?: Will | undefined;
  readonly username?: string | undefined;
  /** Without a user name only at level 5. */
  readonly password?: Uint8Array | undefined;
  readonly properties?: Properties | undefined;
}

const flag = {
  reserved: 0x01,
  cleanSession: 0x02,
  will: 0x04,
  willQosShift: 3,
  willQosAndRetain: 0x38,
  willRetain: 0x20,
  password: 0x40,
  username: 0x80,
} as const;

/** A packet that counts only if `reader` has no problem; of an unknown level, only its level. */
export function decodeConnect(reader: Reader): Connect {
  const name = reader.text();
  const protocolLevel = reader.byte();
  if (name !== nameOf(protocolLevel)) reader.fail("protocol-name-unknown"); // [MQTT-3.1.2-1]
  if (!reader.speak(protocolLevel)) return connectOfOtherLevel(protocolLevel, reader);
  const flags = reader.byte();
  if (protocolLevel !== mqtt31Level) checkFlags(flags, reader);
  const keepAliveSeconds = reader.uint16();
  const properties = reader.properties("connect");
  // [MQTT-3.1.3-3] [MQTT-3.1.3-4] [MQTT5-3.1.3-3] [MQTT5-3.1.3-4]
  const clientId = reader.text(); // [MQTT-3.1.3-1]
  // [MQTT-3.1.2-9] [MQTT5-3.1.2-9]
  const will = flags & flag.will ? decodeWill(flags, reader) : undefined;
  // [MQTT-3.1.2-18] [MQTT-3.1.2-19] [MQTT-3.1.3-11] [MQTT5-3.1.2-16] [MQTT5-3.1.2-17]
  // [MQTT5-3.1.3-12]
  const username = announced(flags & flag.username, reader) ? reader.text() : undefined;
  // [MQTT-3.1.2-20] [MQTT-3.1.2-21] [MQTT5-3.1.2-18] [MQTT5-3.1.2-19]
  const password = announced(flags & flag.password, reader) ? reader.binary() : undefined;
  if (password !== undefined && username === undefined && protocolLevel !== mqtt5Level) {
    reader.fail("password-without-username"); // [MQTT-3.1.2-22]
  }
  return {
    type: "connect",
    protocolLevel,
    cleanSession: (flags & flag.cleanSession) !== 0,
    keepAliveSeconds,
    clientId,
    will,
    username,
    password,
    properties,
  };
}

function nameOf(protocolLevel: number): string {
  return protocolLevel === mqtt31Level ? "MQIsdp" : "MQTT";
}

/** The rest of the packet has a form that is not known here. */
function connectOfOtherLevel(protocolLevel: number, reader: Reader): Connect {
  reader.rest();
  const unread = { cleanSession: true, keepAliveSeconds: 0, clientId: "" };
  return { type: "connect", protocolLevel, ...unread }; // [MQTT-3.1.2-2]
}

function checkFlags(flags: number, reader: Reader): void {
  if (flags & flag.reserved) reader.fail("connect-flag-reserved"); // [MQTT-3.1.2-3]
  if ((flags & flag.will) === 0 && (flags & flag.willQosAndRetain) !== 0) {
    // [MQTT-3.1.2-13] [MQTT-3.1.2-15]
    reader.fail("will-flags-without-will"); // [MQTT-3.1.2-11] [MQTT5-3.1.2-11] [MQTT5-3.1.2-13]
  }
}

/** Whether a field is there: in MQTT 3.1 only if the packet has not ended before it. */
function announced(flagOfField: number, reader: Reader): boolean {
  return flagOfField !== 0 && (reader.protocolLevel !== mqtt31Level || reader.remaining > 0);
}

function decodeWill(flags: number, reader: Reader): Will {
  const qos = (flags >> flag.willQosShift) & 3;
  if (qos === 3) reader.fail("will-qos-invalid"); // [MQTT-3.1.2-14] [MQTT5-3.1.2-12]
  const properties = reader.properties("will"); // [MQTT5-3.1.3-1]
  const topic = reader.topicName(); // [MQTT-3.1.3-10] [MQTT5-3.1.3-11]
  if (topic === "") reader.fail("topic-empty"); // [MQTT-4.7.3-1]
  return {
    topic,
    payload: reader.binary(),
    qos: qos as Qos,
    retain: (flags & flag.willRetain) !== 0,
    properties,
  };
}

/** Throws a RangeError for another level than the dialect's, or a password without user name. */
export function encodeConnect(connect: Connect, dialect: Dialect): Uint8Array {
  const { protocolLevel, will, username, password } = connect;
  const lonelyPassword = password !== undefined && username === undefined;
  if (protocolLevel !== dialect.protocolLevel || (lonelyPassword && protocolLevel < mqtt5Level)) {
    throw new RangeError(`cannot encode this CONNECT of protocol level "${protocolLevel}"`);
  }
  const name = nameOf(protocolLevel);
  const properties = dialect.encodeProperties(connect.properties, "connect");
  const willProperties = dialect.encodeProperties(will?.properties, "will");
  let length = textFieldBytes(name) + 4 + properties.length + textFieldBytes(connect.clientId);
  if (will !== undefined) {
    length += willProperties.length + textFieldBytes(will.topic) + 2 + will.payload.length;
  }
  if (username !== undefined) length += textFieldBytes(username);
  if (password !== undefined) length += 2 + password.length;
  const writer = startPacket(firstBytes.connect, length);
  writer.text(name);
  writer.byte(protocolLevel);
  writer.byte(flagsOf(connect));
  writer.uint16(connect.keepAliveSeconds);
  writer.raw(properties);
  writer.text(connect.clientId);
  if (will !== undefined) writeWill(writer, will, willProperties);
  if (username !== undefined) writer.text(username);
  if (password !== undefined) writer.binary(password);
  return writer.bytes;
}

function writeWill(writer: Writer, will: Will, properties: Uint8Array): void {
  writer.raw(properties);
  writer.text(will.topic);
  writer.binary(will.payload);
}

function flagsOf({ cleanSession, will, username, password }: Connect): number {
  let flags = cleanSession ? flag.cleanSession : 0;
  if (will !== undefined) {
    flags |= flag.will | (will.qos << flag.willQosShift) | (will.retain ? flag.willRetain : 0);
  }
  if (username !== undefined) flags |= flag.username;
  if (password !== undefined) flags |= flag.password;
  return flags;
}
