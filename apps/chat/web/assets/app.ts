/** Where the script begins: the front page at `/?rooms`, a room everywhere else. */

import { openLanding, rememberRoom } from "./landing.ts";
import { openMemory } from "./talk/memory.ts";
import { hex } from "./talk/person.ts";
import { levelOf, roomLengthMax, roomOfPath } from "./talk/room.ts";
import { openRoom } from "./visit.ts";

const memory = openMemory(() => localStorage);
const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
const room = roomOfPath(location.pathname);
const level = levelOf(room);

if (room === "") openLanding(memory, () => hex(random(12)));
else if (level.length > roomLengthMax) location.replace("/?rooms");
else {
  rememberRoom(memory, room);
  openRoom({ room: level, memory, random });
}
