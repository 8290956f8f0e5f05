/** Names and pages of this machine itself, as a URL or a `Host` header spells them. */

/** `localhost`, names under it, 127.0.0.0/8 and `[::1]`, in lower case and without a port. */
export function isLoopbackName(name: string): boolean {
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Whether the origin is a page that this machine serves over HTTP. */
export function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname, protocol } = new URL(origin);
  return /^https?:$/.test(protocol) && isLoopbackName(hostname);
}
