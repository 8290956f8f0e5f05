/** The versions of the language, as a rule names them. */

export type SqlVersion = "2015-10-08" | "2016-03-23";

/** The version of a rule that names none. */
export const defaultSqlVersion: SqlVersion = "2015-10-08";

const versions: ReadonlyMap<string, SqlVersion> = new Map([
  ["2015-10-08", "2015-10-08"],
  ["2016-03-23", "2016-03-23"],
  ["beta", "2016-03-23"],
  ["2016-03-23-beta", "2016-03-23"],
]);

/** The version that `awsIotSqlVersion` stands for; `undefined` when no version has that name. */
export function sqlVersionOf(text: string): SqlVersion | undefined {
  return versions.get(text);
}
