/** Packets in a line of the trace. */

import type { Packet, Publish, Subscription } from "@millrace/mqtt";
import { textOf } from "../../base/mod.ts";

/** What tells the packet from others: its type, its packet id, what it is about. */
export function textOfPacket(packet: Packet): string {
  const name = packet.type.toUpperCase();
  switch (packet.type) {
    case "connect": {
      const { protocolLevel, cleanSession, will, properties } = packet;
      const expiry = properties ? ` expiry ${properties.sessionExpiryInterval}` : "";
      const delay = will?.properties?.willDelayInterval ?? 0;
      const clean = cleanSession ? " clean" : "";
      const announced = will ? ` will ${nameIn(will.payload)} q${will.qos} in ${delay} s` : "";
      return `${name} v${protocolLevel}${clean}${expiry}${announced}`;
    }
    case "connack":
      return `${name} ${packet.returnCode}${packet.sessionPresent ? " present" : ""}`;
    case "publish":
      return textOfPublish(packet);
    case "subscribe":
      return `${name} ${packet.packetId} ${packet.subscriptions.map(textOfWish).join(" ")}`;
    case "suback":
      return `${name} ${packet.packetId} ${packet.returnCodes.join(" ")}`;
    case "unsubscribe":
      return `${name} ${packet.packetId} ${packet.filters.join(" ")}`;
    case "unsuback":
      return `${name} ${packet.packetId} ${packet.reasonCodes?.join(" ") ?? ""}`;
    case "disconnect":
      return `${name} ${packet.reasonCode ?? 0}`;
    default:
      return "packetId" in packet ? `${name} ${packet.packetId}` : name;
  }
}

function textOfPublish(packet: Publish): string {
  const { packetId = "-", qos, topic, payload, dup, retain, properties } = packet;
  const alias = properties?.topicAlias ? ` alias ${properties.topicAlias}` : "";
  const expiry = properties?.messageExpiryInterval;
  const expires = expiry === undefined ? "" : ` expires ${expiry} s`;
  const flags = `${dup ? " dup" : ""}${retain ? " retain" : ""}${alias}${expires}`;
  return `PUBLISH ${packetId} q${qos} ${topic} ${nameIn(payload)}${flags}`;
}

function textOfWish({ filter, qos, noLocal, retainAsPublished, retainHandling }: Subscription) {
  const flags = [noLocal ? "L" : "", retainAsPublished ? "R" : "", retainHandling ?? ""];
  return `${filter}=${qos}${flags.join("")}`;
}

function nameIn(payload: Uint8Array): string {
  return `"${textOf(payload.subarray(0, 30)).split(" ")[0]}"`;
}
