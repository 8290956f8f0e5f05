/**
 * The rules of STYLE.md that a machine can check; `tidy.test.ts` holds the repository to them.
 *
 * Each check takes all files and gives back its complaints, so that a small made-up repository can
 * test it. A rule without a check here is a wish.
 */
import type { Complaint, SourceFile } from "./files.ts";
import { checkCode } from "./tidy/code.ts";
import { findDeadFiles } from "./tidy/dead-files.ts";
import { checkPackages } from "./tidy/packages.ts";
import { checkText } from "./tidy/text.ts";

/** All complaints about the files of a repository, check by check. */
export function checkTidy(files: readonly SourceFile[]): Complaint[] {
  return [
    ...checkText(files),
    ...checkCode(files),
    ...findDeadFiles(files),
    ...checkPackages(files),
  ];
}
