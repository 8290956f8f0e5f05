/**
 * Names in certificates: whose one is, who has signed it, and the alternative names of both
 * [RFC 5280, 4.1.2.4 and 4.2.1.6].
 */

import { textOrUndefined, utf8 } from "../../base/mod.ts";
import {
  childrenOf,
  context,
  type DerValue,
  der,
  derObjectId,
  expectTag,
  readObjectId,
  tags,
} from "./der.ts";

/** By what AWS calls an attribute, in the order in which they stand in the name. */
export type NameAttributes = ReadonlyMap<string, readonly string[]>;

/** Attributes that policies can ask for. [IoT: X.509 certificate policy variables] */
const attributeNames: Readonly<Record<string, string>> = {
  "2.5.4.3": "CommonName",
  "2.5.4.4": "Surname",
  "2.5.4.5": "SerialNumber",
  "2.5.4.6": "Country",
  "2.5.4.8": "State",
  "2.5.4.10": "Organization",
  "2.5.4.11": "OrganizationalUnit",
  "2.5.4.12": "Title",
  "2.5.4.42": "GivenName",
  "2.5.4.43": "Initials",
  "2.5.4.44": "GenerationQualifier",
  "2.5.4.46": "DistinguishedNameQualifier",
  "2.5.4.65": "Pseudonym",
};
const commonNameId = "2.5.4.3";

const generalNames: ReadonlyMap<number, string> = new Map([
  [context(1, { around: "bytes" }), "RFC822Name"],
  [context(2, { around: "bytes" }), "DNSName"],
  [context(4, { around: "values" }), "DirectoryName"],
  [context(6, { around: "bytes" }), "UniformResourceIdentifier"],
  [context(7, { around: "bytes" }), "IPAddress"],
]);

/** Texts of one byte or more a character, by tag: UTF-8, two bytes, four bytes; else Latin 1. */
const wideCharacters: ReadonlyMap<number, number> = new Map([
  [0x1e, 2],
  [0x1c, 4],
]);

/** What stands in a name; attributes of other kinds are left out. */
export function readName(name: DerValue | undefined): NameAttributes {
  const found = new Map<string, string[]>();
  for (const [attribute, value] of attributesOf(name)) {
    const known = attributeNames[attribute];
    if (known !== undefined) add(found, known, value);
  }
  return found;
}

/** A name of one attribute, `CN`. */
export function commonNameOnly(commonName: string): Uint8Array {
  const attribute = der(tags.sequence, derObjectId(commonNameId), der(tags.utf8, utf8(commonName)));
  return der(tags.sequence, der(tags.set, attribute));
}

/** The content of an extension with alternative names, by what AWS calls their kinds. */
export function readAlternativeNames(names: DerValue): NameAttributes {
  const found = new Map<string, string[]>();
  for (const name of childrenOf(expectTag(names, tags.sequence))) {
    const kind = generalNames.get(name.tag);
    if (kind === "IPAddress") add(found, kind, addressText(name.content));
    else if (kind === "DirectoryName") add(found, kind, nameText(childrenOf(name)[0]));
    else if (kind !== undefined) add(found, kind, latin1(name.content));
  }
  return found;
}

function attributesOf(name: DerValue | undefined): (readonly [id: string, value: string])[] {
  return childrenOf(expectTag(name, tags.sequence)).flatMap((relative) =>
    childrenOf(expectTag(relative, tags.set)).map((attribute) => {
      const [id, value] = childrenOf(expectTag(attribute, tags.sequence));
      return [readObjectId(id), value ? textOf(value) : ""] as const;
    }),
  );
}

/** `CommonName=a, Organization=b`. */
function nameText(name: DerValue | undefined): string {
  const pairs = attributesOf(name).map(([id, value]) => `${attributeNames[id] ?? id}=${value}`);
  return pairs.join(", ");
}

function textOf({ tag, content }: DerValue): string {
  const width = wideCharacters.get(tag);
  if (width === undefined) {
    return (tag === tags.utf8 ? textOrUndefined(content) : undefined) ?? latin1(content);
  }
  let text = "";
  for (let at = 0; at + width <= content.length; at += width) {
    let code = 0;
    for (const byte of content.subarray(at, at + width)) code = code * 256 + byte;
    text += code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  }
  return text;
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: string[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    groups.push(((bytes[at]! << 8) | bytes[at + 1]!).toString(16));
  }
  return groups.join(":");
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function add(found: Map<string, string[]>, name: string, value: string): void {
  const values = found.get(name);
  if (values) values.push(value);
  else found.set(name, [value]);
}
