/** The button that copies the room's link. */

const shownMilliseconds = 2_000;

export function createShareButton(button: HTMLElement): void {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const isCopied = await copy(location.href);
    button.textContent = isCopied ? "Link copied" : "Copy it from the address bar";
    setTimeout(() => {
      button.textContent = label;
    }, shownMilliseconds);
  });
}

/** False where the browser does not let a page copy, as on plain http. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // Refused, or there is no clipboard: the caller says so.
  }
}
