/** The versions of the language, as a rule names them. */

export type SqlVersion = "2015-10-08" | "2016-03-23" | "beta";

/** The version of a rule that names none. */
export const defaultSqlVersion: SqlVersion = "2015-10-08";

const versions: ReadonlyMap<string, SqlVersion> = new Map([
  ["2015-10-08", "2015-10-08"],
  ["2016-03-23", "2016-03-23"],
  ["beta", "beta"],
  ["2016-03-23-beta", "beta"],
]);

/** The version that `awsIotSqlVersion` stands for; `undefined` when no version has that name. */
export function sqlVersionOf(text: string): SqlVersion | undefined {
  return versions.get(text);
}

/** The first version knows fewer types and functions, and keeps `10.0` apart from `10`. */
export function isFirstVersion(version: SqlVersion): boolean {
  return version === "2015-10-08";
}
