/** One line as DOM nodes. What people wrote goes in as text, never as markup. */

import type { Entry } from "../talk/timeline.ts";
import { make, makeButton } from "./dom.ts";
import type { Look } from "./look.ts";

export interface ItemActions {
  readonly tryAgain: (id: string) => void;
  readonly forget: (id: string) => void;
  readonly closeGap: (entry: Entry) => void;
}

/** Draws an entry into its `li`, replacing what was there. */
export function drawItem(item: HTMLLIElement, entry: Entry, look: Look & ItemActions): void {
  const { draft } = entry;
  item.className = ["line", look.own ? "own" : "", look.follows ? "follows" : ""]
    .filter(Boolean)
    .join(" ");
  item.dataset.id = draft.id;
  item.dataset.state = look.state;
  item.style.setProperty("--hue", String(look.hue));

  const face = make("span", "face", look.initial);
  face.ariaHidden = "true";
  const said = make("div", "said");
  said.append(makeByline(draft.name, look), make("p", "text", draft.text));
  if (look.state !== "said") said.append(makeFate(entry, look));

  item.replaceChildren(...makeBreaks(entry, look), face, said);
}

function makeByline(name: string, look: Look): HTMLElement {
  const byline = make("p", "byline");
  byline.append(make("span", "author", name));
  if (look.tag) byline.append(make("span", "tag", `#${look.tag}`));
  const time = make("time", "", look.time);
  time.dateTime = look.dateTime;
  byline.append(time);
  return byline;
}

/** What stands between this line and the one above: lines that are missing, a new day. */
function makeBreaks(entry: Entry, look: Look & ItemActions): HTMLElement[] {
  const breaks: HTMLElement[] = [];
  if (look.day !== undefined) breaks.push(make("p", "day", look.day));
  if (entry.gap !== undefined) {
    const gap = make("p", "gap", "Lines are missing here. ");
    gap.append(makeButton("Load them", () => look.closeGap(entry)));
    breaks.push(gap);
  }
  return breaks;
}

function makeFate({ draft, failure }: Entry, look: ItemActions): HTMLElement {
  if (failure === undefined) return make("p", "fate", "Sending…");
  const fate = make("p", "fate", `${failure}. `);
  const again = makeButton("Try again", () => look.tryAgain(draft.id));
  fate.append(
    again,
    makeButton("Remove", () => look.forget(draft.id)),
  );
  return fate;
}
