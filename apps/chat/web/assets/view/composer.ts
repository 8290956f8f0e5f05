/**
 * The name and the message box. Enter sends, Shift+Enter begins a new line. What cannot be sent
 * stays in the box, and the hint says why. One may type before the room is open, on a slow network
 * above all: nothing of that is lost.
 */

import { nameLengthMax, textLengthMax } from "../talk/line.ts";
import type { Memory } from "../talk/memory.ts";
import { find } from "./dom.ts";

/** The hint counts down over the last stretch. */
const countFrom = textLengthMax - 200;

/** False when too many lines wait to be sent. */
export type Say = (name: string, text: string) => boolean;

export interface Composer {
  /** From now on what is written is said; before, it is refused and stays in the box. */
  readonly open: (say: Say) => void;
}

export function createComposer(memory: Memory): Composer {
  let say: Say | undefined;
  const form = find<HTMLFormElement>("composer");
  const name = find<HTMLInputElement>("name");
  const message = find<HTMLTextAreaElement>("message");
  const hint = find("hint");
  name.value ||= memory.get("chat.name") ?? "";

  const refuse = (box: HTMLElement, reason: string) => {
    hint.textContent = reason;
    box.ariaInvalid = "true";
    box.focus();
  };
  const fit = () => {
    message.style.height = "auto";
    message.style.height = `${message.scrollHeight}px`;
  };
  /** The box that is at fault and why, or nothing when the line has gone out. */
  const send = (author: string, text: string): [HTMLElement, string] | undefined => {
    if (author === "") return [name, "Type your name first"];
    if (author.length > nameLengthMax) {
      return [name, `A name has at most ${nameLengthMax} characters`];
    }
    if (text === "") return [message, "Type a message first"];
    if (text.length > textLengthMax) return [message, countHint(text.length)];
    if (!say) return [message, "The room is not open yet: one moment"];
    if (!say(author, text)) return [message, "Too many lines wait to be sent"];
    return undefined;
  };
  const look = () => {
    name.ariaInvalid = message.ariaInvalid = null;
    hint.textContent = countHint(message.value.trim().length);
    fit();
  };
  name.addEventListener("input", look);
  name.addEventListener("change", () => memory.set("chat.name", name.value.trim()));
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    message.focus();
  });
  message.addEventListener("input", look);
  message.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const refused = send(name.value.trim(), message.value.trim());
    if (refused) return refuse(...refused);
    message.value = "";
    look();
    message.focus();
  });
  (name.value === "" ? name : message).focus();
  return {
    open(how) {
      say = how;
      if (message.ariaInvalid === null) return;
      look(); // The hint said to wait.
    },
  };
}

function countHint(length: number): string {
  const left = textLengthMax - length;
  if (length < countFrom) return "";
  return left >= 0 ? `${left} characters left` : `Too long by ${-left} characters`;
}
