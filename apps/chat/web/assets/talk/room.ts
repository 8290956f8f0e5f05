/**
 * The name of a room in its three forms: the path of its link (`/my room`), the text that people
 * read (`my room`), and one percent-encoded topic level (`my%20room`), so that no name can break
 * a topic. The level is what travels in messages.
 */

export const roomLengthMax = 200;

/** Paths that lead elsewhere: the site's files and the connection itself. */
const taken = /^(?:assets\/.*|mqtt)$/;

/** The name as people read it, of a path as `location.pathname` has it; empty for `/`. */
export function roomOfPath(pathname: string): string {
  const path = pathname.replace(/^\/+|\/+$/g, "");
  try {
    return decodeURIComponent(path).normalize();
  } catch {
    return path; // It holds a bare `%`, so it was not encoded.
  }
}

/** One topic level of `[A-Za-z0-9._~-]` and `%XX`. */
export function levelOf(room: string): string {
  const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(room.toWellFormed()).replace(/[!'()*]/g, percent);
}

/** The path of a room's link, or in words why there can be no such room. */
export function pathOfRoom(name: string): { path: string } | { refused: string } {
  const room = name
    .trim()
    .replace(/^\/+|\/+$/g, "")
    .normalize();
  if (room === "") return { refused: "Give the room a name" };
  if (taken.test(room)) return { refused: `"${room}" is taken by the chat itself` };
  if (room.split("/").some((part) => /^\.*$/.test(part))) {
    return { refused: "A name cannot consist of dots alone, nor hold //" };
  }
  const level = levelOf(room);
  if (level.length > roomLengthMax) return { refused: "The name is too long" };
  return { path: `/${level.replaceAll("%2F", "/")}` };
}
