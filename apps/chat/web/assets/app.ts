/** Where the script begins: the front page at `/?rooms`, a room everywhere else. */

import { showAbsence } from "./connection.ts";
import { type Guest, openGuest } from "./guest.ts";
import { openLanding, rememberRoom } from "./landing.ts";
import { openMemory } from "./talk/memory.ts";
import { hex } from "./talk/person.ts";
import { levelOf, roomLengthMax, roomOfPath } from "./talk/room.ts";
import { createComposer } from "./view/composer.ts";
import { openRoom } from "./visit.ts";

const retryMs = 3_000;
const memory = openMemory(() => localStorage);
const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
const room = roomOfPath(location.pathname);
const level = levelOf(room);

if (room === "") openLanding(memory, () => hex(random(12)));
else if (level.length > roomLengthMax) location.replace("/?rooms");
else {
  rememberRoom(memory, room);
  const composer = createComposer(memory);
  openRoom({ room: level, memory, random, composer, guest: await arrive() });
}

/** Only the first visit needs the network for it. */
async function arrive(): Promise<Guest> {
  const { pool = "", mqttHost = "" } = document.documentElement.dataset;
  const region = pool.split(":")[0];
  const isOwn = mqttHost === "";
  const parts = {
    pool,
    identityUrl: isOwn
      ? `${location.origin}/`
      : `https://cognito-identity.${region}.amazonaws.com/`,
    mqttUrl: isOwn ? `${location.origin.replace(/^http/, "ws")}/mqtt` : `wss://${mqttHost}/mqtt`,
    memory,
    fetch: (url: string, request: RequestInit) => fetch(url, request),
    now: Date.now,
  };
  for (;;) {
    try {
      return await openGuest(parts);
    } catch (error) {
      console.warn("Cannot become a guest:", error);
      showAbsence();
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}
