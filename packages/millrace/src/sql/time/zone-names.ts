/**
 * Short names of time zones, such as `CET`, by zone and offset.
 *
 * Java prints these from tables that differ between its editions and locales; here are zones whose
 * names have been the same in all of them. Any other is not implemented, rather than guessed.
 */

interface Names {
  /** Standard time first; a zone without summer time has one. */
  readonly names: readonly (readonly [name: string, offsetHours: number])[];
  readonly zones: string;
}

const families: readonly Names[] = [
  { names: [["UTC", 0]], zones: "UTC Etc/UTC" },
  { names: [["GMT", 0]], zones: "GMT Etc/GMT Africa/Abidjan Atlantic/Reykjavik" },
  {
    names: [
      ["GMT", 0],
      ["BST", 1],
    ],
    zones: "Europe/London",
  },
  {
    names: [
      ["WET", 0],
      ["WEST", 1],
    ],
    zones: "Europe/Lisbon Atlantic/Canary Atlantic/Madeira",
  },
  {
    names: [
      ["CET", 1],
      ["CEST", 2],
    ],
    zones:
      "Europe/Amsterdam Europe/Belgrade Europe/Berlin Europe/Brussels Europe/Budapest " +
      "Europe/Copenhagen Europe/Luxembourg Europe/Madrid Europe/Oslo Europe/Paris Europe/Prague " +
      "Europe/Rome Europe/Stockholm Europe/Vienna Europe/Warsaw Europe/Zurich",
  },
  {
    names: [
      ["EET", 2],
      ["EEST", 3],
    ],
    zones: "Europe/Athens Europe/Bucharest Europe/Helsinki Europe/Riga Europe/Sofia Europe/Vilnius",
  },
  { names: [["MSK", 3]], zones: "Europe/Moscow" },
  {
    names: [
      ["AST", -4],
      ["ADT", -3],
    ],
    zones: "America/Halifax America/Puerto_Rico",
  },
  {
    names: [
      ["EST", -5],
      ["EDT", -4],
    ],
    zones: "America/New_York America/Detroit America/Toronto US/Eastern",
  },
  {
    names: [
      ["CST", -6],
      ["CDT", -5],
    ],
    zones:
      "America/Chicago America/Winnipeg America/Belize America/Costa_Rica America/Mexico_City " +
      "US/Central",
  },
  {
    names: [
      ["MST", -7],
      ["MDT", -6],
    ],
    zones: "America/Denver America/Edmonton America/Phoenix US/Mountain",
  },
  {
    names: [
      ["PST", -8],
      ["PDT", -7],
    ],
    zones: "America/Los_Angeles America/Vancouver US/Pacific",
  },
  {
    names: [
      ["AKST", -9],
      ["AKDT", -8],
    ],
    zones: "America/Anchorage",
  },
  { names: [["HST", -10]], zones: "Pacific/Honolulu" },
  { names: [["SAST", 2]], zones: "Africa/Johannesburg" },
  { names: [["EAT", 3]], zones: "Africa/Nairobi" },
  { names: [["IST", 5.5]], zones: "Asia/Kolkata Asia/Calcutta" },
  { names: [["HKT", 8]], zones: "Asia/Hong_Kong" },
  { names: [["CST", 8]], zones: "Asia/Shanghai Asia/Taipei" },
  { names: [["JST", 9]], zones: "Asia/Tokyo" },
  { names: [["KST", 9]], zones: "Asia/Seoul" },
  {
    names: [
      ["AEST", 10],
      ["AEDT", 11],
    ],
    zones: "Australia/Sydney Australia/Melbourne Australia/Brisbane",
  },
  {
    names: [
      ["NZST", 12],
      ["NZDT", 13],
    ],
    zones: "Pacific/Auckland",
  },
];

const namesByZone: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map(
  families.flatMap(({ names, zones }) => {
    const byOffset = new Map(names.map(([name, hours]) => [hours * 3600, name] as const));
    return zones.split(" ").map((zone) => [zone, byOffset] as const);
  }),
);

/** Whether names of that zone are known at all. */
export function hasShortNames(zoneId: string): boolean {
  return namesByZone.has(zoneId);
}

/** The name while clocks there have that offset; `undefined` when it is not known. */
export function shortZoneName(zoneId: string, offsetSeconds: number): string | undefined {
  return namesByZone.get(zoneId)?.get(offsetSeconds);
}

/** Regions that a name stands for when a text is read: the United States, and no others. */
export const regionsByName: ReadonlyMap<string, string> = new Map([
  ["EST", "America/New_York"],
  ["EDT", "America/New_York"],
  ["CST", "America/Chicago"],
  ["CDT", "America/Chicago"],
  ["MST", "America/Denver"],
  ["MDT", "America/Denver"],
  ["PST", "America/Los_Angeles"],
  ["PDT", "America/Los_Angeles"],
]);
