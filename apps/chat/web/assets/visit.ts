/** A visit to a room: the parts of the page put together around one session. */

import { connect } from "./connection.ts";
import type { Guest } from "./guest.ts";
import type { Line } from "./talk/line.ts";
import type { Memory } from "./talk/memory.ts";
import { openOutbox } from "./talk/outbox.ts";
import { hex, openPerson, rememberYou } from "./talk/person.ts";
import { type Display, Session } from "./talk/session.ts";
import { createTimeline, type Entry } from "./talk/timeline.ts";
import { createUlids } from "./talk/ulid.ts";
import type { Composer } from "./view/composer.ts";
import { find, make } from "./view/dom.ts";
import { createLog } from "./view/log.ts";
import { createShareButton } from "./view/share.ts";

export interface VisitParts {
  /** One percent-encoded topic level. */
  readonly room: string;
  readonly memory: Memory;
  readonly random: (count: number) => Uint8Array;
  readonly guest: Guest;
  readonly composer: Composer;
}

export function openRoom({ room, memory, random, guest, composer }: VisitParts): void {
  const person = openPerson(memory, guest.identityId, random);
  const timeline = createTimeline();
  const outbox = openOutbox(memory, room, Date.now());
  const makeId = createUlids({ now: Date.now, random });
  const isOwn = ({ draft, line }: Entry) =>
    session.saidHere(draft.id) || (line !== undefined && line.author === person.you);

  const log = createLog({
    timeline,
    isOwn,
    tryAgain: (id) => session.tryAgain(id),
    forget: (id) => session.forget(id),
    closeGap: (entry) => void session.closeGap(entry).catch(showFailure),
    onScroll: (atEnd) => {
      if (atEnd) find("latest").hidden = true;
    },
  });
  const display: Display = {
    ...log,
    put(entry) {
      log.put(entry);
      find("quiet").hidden = true;
    },
    announce(line) {
      if (line.author === person.you) return;
      announce(line);
      find("latest").hidden = log.isAtEnd();
    },
    introduce(you) {
      if (you === person.you) return;
      rememberYou(memory, person, you);
      log.redraw();
    },
    setMore: (more) => {
      find("earlier").hidden = !more;
    },
    setBacklog(state) {
      find("log").ariaBusy = String(state === "loading");
      find("failed").hidden = state !== "failed";
      find("quiet").hidden = state !== "ready" || timeline.entries.length > 0;
    },
  };
  const session: Session = connect(guest, person.clientId, (wire) => {
    const parts = { room, clientId: person.clientId, timeline, outbox, wire, display };
    return new Session({ ...parts, later, makeNonce: () => hex(random(12)) });
  });
  composer.open((name, text) => {
    const isTaken = session.say({ id: makeId(), name, text });
    log.goToEnd();
    return isTaken;
  });
  createShareButton(find("share"));
  find("latest").addEventListener("click", log.goToEnd);
  find("retry").addEventListener("click", () => void session.reload());
  watchEarlier(session);
}

/** Older lines come when asked for, and when one scrolls up to where they would be. */
function watchEarlier(session: Session): void {
  const button = find<HTMLButtonElement>("earlier");
  const load = () => {
    if (button.disabled) return;
    button.disabled = true;
    session
      .showEarlier()
      .catch(showFailure)
      .finally(() => {
        button.disabled = false;
      });
  };
  button.addEventListener("click", load);
  const log = find("log");
  log.addEventListener("scroll", () => {
    if (log.scrollTop < 80 && !button.hidden) load();
  });
}

function showFailure(error: Error): void {
  find("hint").textContent = `Cannot load lines: ${error.message}`;
}

/** Tells a screen reader what was just said; it keeps only the last few. */
function announce({ name, text }: Line): void {
  const announcer = find("announcer");
  announcer.append(make("p", "", `${name}: ${text}`));
  while (announcer.children.length > 5) announcer.firstChild?.remove();
}

function later(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
}
