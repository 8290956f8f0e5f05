/** Markdown tables that are also readable as plain text. */

/**
 * The first row is the heading. Names, in the first column, stand to the left, and so does the last
 * one when it holds remarks; figures stand to the right.
 */
export function alignColumns(rows: readonly string[][], withRemarks: boolean): string[] {
  const last = rows[0]!.length - 1;
  const widths = rows[0]!.map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]!.length)),
  );
  const isLeft = (column: number) => column === 0 || (withRemarks && column === last);
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      isLeft(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    return `| ${cells.join(" | ")} |`;
  });
  const rule = widths.map((width, column) =>
    isLeft(column) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  lines.splice(1, 0, `| ${rule.join(" | ")} |`);
  return lines;
}
