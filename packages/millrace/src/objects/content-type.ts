/** The types of files on the web, by their ending. Text is UTF-8. */

const types = new Map(
  Object.entries({
    avif: "image/avif",
    bmp: "image/bmp",
    css: "text/css",
    csv: "text/csv",
    eot: "application/vnd.ms-fontobject",
    gif: "image/gif",
    gz: "application/gzip",
    htm: "text/html",
    html: "text/html",
    ico: "image/x-icon",
    ics: "text/calendar",
    jpeg: "image/jpeg",
    jpg: "image/jpeg",
    js: "text/javascript",
    json: "application/json",
    jsonld: "application/ld+json",
    m4a: "audio/mp4",
    map: "application/json",
    md: "text/markdown",
    mjs: "text/javascript",
    mp3: "audio/mpeg",
    mp4: "video/mp4",
    oga: "audio/ogg",
    ogg: "audio/ogg",
    ogv: "video/ogg",
    opus: "audio/ogg",
    otf: "font/otf",
    pdf: "application/pdf",
    png: "image/png",
    svg: "image/svg+xml",
    tiff: "image/tiff",
    ttf: "font/ttf",
    txt: "text/plain",
    vtt: "text/vtt",
    wasm: "application/wasm",
    wav: "audio/wav",
    webm: "video/webm",
    webmanifest: "application/manifest+json",
    webp: "image/webp",
    woff: "font/woff",
    woff2: "font/woff2",
    xhtml: "application/xhtml+xml",
    xml: "application/xml",
    zip: "application/zip",
  }),
);

const textual = /^text\/|[/+](json|xml|javascript)$/;
const alsoCompressible = new Set(["application/wasm", "font/ttf", "font/otf", "image/bmp"]);

/** With its charset for text; `application/octet-stream` for an ending that is not known. */
export function contentTypeOf(key: string): string {
  const type = types.get(key.slice(key.lastIndexOf(".") + 1).toLowerCase());
  if (!type) return "application/octet-stream";
  return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}

/** Whether the bytes of such a type become smaller. */
export function isCompressible(contentType: string): boolean {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  return textual.test(type) || alsoCompressible.has(type);
}
