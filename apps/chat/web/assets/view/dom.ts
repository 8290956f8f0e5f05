/** The two ways in which this page touches the document: finding and making elements. */

/** The element with an id, which the page's markup promises. */
export function find<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`No element "${id}" in the page`);
  return element as T;
}

/** An element with a class and, as plain text, what it says. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

export function makeButton(text: string, onClick: () => void): HTMLButtonElement {
  const button = make("button", "choice", text);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}
