/** The front page: open a room by name, make one that nobody can guess, or go back to one. */

import type { Memory } from "./talk/memory.ts";
import { pathOfRoom } from "./talk/room.ts";
import { find, make } from "./view/dom.ts";

const key = "chat.rooms";
const roomsMax = 5;

export function openLanding(memory: Memory, makeSecret: () => string): void {
  const room = find<HTMLInputElement>("room");
  find("open").addEventListener("submit", (event) => {
    event.preventDefault();
    const result = pathOfRoom(room.value);
    if ("path" in result) location.assign(result.path);
    else find("hint").textContent = result.refused;
  });
  find("secret").addEventListener("click", () => location.assign(`/${makeSecret()}`));

  const rooms = readRooms(memory);
  find("recent").hidden = rooms.length === 0;
  for (const name of rooms) {
    const result = pathOfRoom(name);
    if (!("path" in result)) continue;
    const link = make("a", "choice", name);
    link.href = result.path;
    const item = make("li", "");
    item.append(link);
    find("recent").querySelector("ul")?.append(item);
  }
}

/** Puts a room at the head of those visited. */
export function rememberRoom(memory: Memory, room: string): void {
  const others = readRooms(memory).filter((other) => other !== room);
  memory.set(key, JSON.stringify([room, ...others].slice(0, roomsMax)));
}

function readRooms(memory: Memory): string[] {
  try {
    const rooms: unknown = JSON.parse(memory.get(key) ?? "[]");
    return Array.isArray(rooms) ? rooms.filter((room) => typeof room === "string") : [];
  } catch {
    return []; // Not ours: the next visit writes it anew.
  }
}
