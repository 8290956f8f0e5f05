/** CloudFront's path patterns: `*` is any run of characters, `?` exactly one; case matters. */

/**
 * Whether the whole path matches. A pattern without its leading slash means the same as with it.
 * Takes time in proportion to pattern times path at worst, whatever either holds.
 */
export function matchesPathPattern(pattern: string, path: string): boolean {
  const wanted = pattern.startsWith("/") || pattern.startsWith("*") ? pattern : `/${pattern}`;
  let at = 0;
  let pathAt = 0;
  let starAt = -1;
  let starPathAt = 0;
  while (pathAt < path.length) {
    if (wanted[at] === "*") {
      starAt = at;
      starPathAt = pathAt;
      at += 1;
    } else if (at < wanted.length && (wanted[at] === "?" || wanted[at] === path[pathAt])) {
      at += 1;
      pathAt += 1;
    } else if (starAt >= 0) {
      starPathAt += 1; // the last star takes one more
      pathAt = starPathAt;
      at = starAt + 1;
    } else {
      return false;
    }
  }
  while (wanted[at] === "*") at += 1;
  return at === wanted.length;
}
