/**
 * CONNECT (3.1): who the client is, how it wants to be kept alive, and its will.
 *
 * A protocol level other than 4 is still delivered, so that the server can answer CONNACK 0x01
 * [MQTT-3.1.2-2]: then only `protocolLevel` was read and every other field is empty or zero. Level
 * 3 comes with the name `MQIsdp`. Whether an empty client id is acceptable is the server's matter.
 */

import { firstBytes } from "../fixed-header.ts";
import type { Reader } from "../reader.ts";
import { textFieldBytes, Writer } from "../writer.ts";
import type { Qos } from "./publish.ts";

/** The protocol level of MQTT 3.1.1. */
export const mqtt311Level = 4;

export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
}

export interface Connect {
  readonly type: "connect";
  /** As sent; see above for levels other than `mqtt311Level`. */
  readonly protocolLevel: number;
  readonly cleanSession: boolean;
  /** 0: no keep-alive. */
  readonly keepAliveSeconds: number;
  readonly clientId: string;
  readonly will?: Will | undefined;
  readonly username?: string | undefined;
  readonly password?: Uint8Array | undefined;
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

/** A packet that counts only if `reader` has no problem; of another level, only its level. */
export function decodeConnect(reader: Reader): Connect {
  const name = reader.text();
  const protocolLevel = reader.byte();
  const known = name === "MQTT" || (name === "MQIsdp" && protocolLevel === 3);
  if (!known) reader.fail("protocol-name-unknown"); // [MQTT-3.1.2-1]
  if (protocolLevel !== mqtt311Level) return connectOfOtherLevel(protocolLevel, reader);
  const flags = reader.byte();
  checkFlags(flags, reader);
  return {
    type: "connect",
    protocolLevel,
    cleanSession: (flags & flag.cleanSession) !== 0,
    keepAliveSeconds: reader.uint16(),
    clientId: reader.text(), // [MQTT-3.1.3-1]
    will: flags & flag.will ? decodeWill(flags, reader) : undefined,
    username: flags & flag.username ? reader.text() : undefined,
    password: flags & flag.password ? reader.binary() : undefined,
  };
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
    reader.fail("will-flags-without-will"); // [MQTT-3.1.2-11]
  }
  if (((flags >> flag.willQosShift) & 3) === 3) reader.fail("will-qos-invalid"); // [MQTT-3.1.2-14]
  if ((flags & flag.username) === 0 && (flags & flag.password) !== 0) {
    reader.fail("password-without-username"); // [MQTT-3.1.2-22]
  }
}

function decodeWill(flags: number, reader: Reader): Will {
  return {
    topic: reader.topicName(),
    payload: reader.binary(),
    qos: ((flags >> flag.willQosShift) & 3) as Qos,
    retain: (flags & flag.willRetain) !== 0,
  };
}

/** Only level 4 has this form; another level, or a password without user name, throws. */
export function encodeConnect(connect: Connect): Uint8Array {
  const { protocolLevel, will, username, password } = connect;
  if (protocolLevel !== mqtt311Level || (password !== undefined && username === undefined)) {
    throw new RangeError(`cannot encode this CONNECT of protocol level "${protocolLevel}"`);
  }
  let length = 10 + textFieldBytes(connect.clientId);
  if (will !== undefined) length += textFieldBytes(will.topic) + 2 + will.payload.length;
  if (username !== undefined) length += textFieldBytes(username);
  if (password !== undefined) length += 2 + password.length;
  const writer = new Writer(firstBytes.connect, length);
  writer.text("MQTT");
  writer.byte(protocolLevel);
  writer.byte(flagsOf(connect));
  writer.uint16(connect.keepAliveSeconds);
  writer.text(connect.clientId);
  if (will !== undefined) {
    writer.text(will.topic);
    writer.binary(will.payload);
  }
  if (username !== undefined) writer.text(username);
  if (password !== undefined) writer.binary(password);
  return writer.bytes;
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
