/** Media types against the patterns of an API: `image/png`, `image/*`, `*\/*`. */

/** Parameters such as a charset do not count, nor does case. */
export function matchesMediaType(pattern: string, contentType: string): boolean {
  const [wantedType, wantedSubtype] = partsOf(pattern);
  const [type, subtype] = partsOf(contentType);
  return isSame(wantedType, type) && isSame(wantedSubtype, subtype);
}

function isSame(wanted: string | undefined, given: string | undefined): boolean {
  return wanted === "*" || wanted === given;
}

function partsOf(mediaType: string): string[] {
  return mediaType.split(";")[0]!.trim().toLowerCase().split("/");
}
