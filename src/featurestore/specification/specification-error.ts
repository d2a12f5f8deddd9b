import { TondoError } from "../../core/index.ts";
import { type Path, pathText } from "./path.ts";
import type { Problem } from "./shape.ts";

/** How many problems an error lists. */
const maxProblems = 50;

/** Where the members of a specification were written, for errors; of one from a program nothing is known. */
export interface Written {
  /** A path and, of a text, line and column. */
  readonly where: (path: Path) => string | undefined;
}

/** What is wrong with a specification: the first problem as the message, all of them for programs. */
export function specificationError(problems: readonly Problem[], written?: Written): TondoError {
  const [first = { path: [], message: "is wrong" }] = problems;
  const rest = problems.length - 1;
  const more = rest === 0 ? "" : ` (and ${String(rest)} more ${rest === 1 ? "problem" : "problems"})`;
  const where = written?.where(first.path);
  return new TondoError("SPECIFICATION_INVALID", `${pathText(first.path)}: ${first.message}${more}`, {
    ...(where === undefined ? {} : { where }),
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    details: {
      problems: problems.slice(0, maxProblems).map(({ path, message, hint }) => {
        const place = written?.where(path);
        return {
          path: pathText(path),
          message,
          ...(place === undefined ? {} : { where: place }),
          ...(hint === undefined ? {} : { hint }),
        };
      }),
    },
  });
}
