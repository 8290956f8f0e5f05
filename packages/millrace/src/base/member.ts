/** Objects that stand for maps, whose keys come from outside. */

/** What the record itself has under the name; never what every object inherits. */
export function memberOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
