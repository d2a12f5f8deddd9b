import { readFile, stat } from "node:fs/promises";
import { nearestName, TondoError } from "../../core/index.ts";
import { checkMembers } from "./check-members.ts";
import { jsonPlaces, lineAndColumn } from "./json-places.ts";
import { pathText } from "./path.ts";
import { isObject, type Problem, type Shape } from "./shape.ts";
import { specificationError, type Written } from "./specification-error.ts";
import { partialShape, specificationShape } from "./specification-shape.ts";
import type { Specification } from "./specification.ts";

/** The largest file that is read, in bytes. */
export const maxSpecificationBytes = 1_000_000;

/** A specification, or part of one, and where it was written. */
export interface ReadSpecification {
  readonly specification: Partial<Specification>;
  readonly written: Written;
}

/**
 * Reads the file of a specification. Members that a caller adds may be lacking.
 *
 * @throws TondoError `SPECIFICATION_INVALID` where it is no JSON, or says what no specification says; `SPECIFICATION_MISSING`,
 * `LIMIT_EXCEEDED`, `IO_FAILED`
 */
export async function readSpecification(path: string): Promise<ReadSpecification> {
  const text = await readText(path);
  const value = parse(text, path);
  const { offsets, twice } = jsonPlaces(text);
  const written: Written = {
    where: (member) => {
      // What lacks stands where the object does that lacks it.
      for (let length = member.length; length >= 0; length--) {
        const offset = offsets.get(pathText(member.slice(0, length)));
        if (offset !== undefined) return `${path}:${lineAndColumn(text, offset)}`;
      }
      return path;
    },
  };
  const problems: Problem[] = twice.map((member) => ({
    path: member,
    message: "stands twice",
    hint: "Leave one of them out.",
  }));
  return { specification: accept(partialShape, value, written, problems), written };
}

/**
 * A specification from a program, or from a file and what a caller added to it.
 *
 * @throws TondoError `SPECIFICATION_INVALID`
 */
export function checkSpecification(value: unknown, written?: Written): Specification {
  return accept(specificationShape, value, written, []);
}

function accept<T extends Partial<Specification>>(
  of: Shape<T>,
  value: unknown,
  written: Written | undefined,
  problems: Problem[],
): T {
  if (!of.accepts(value, [], problems)) throw specificationError(problems, written);
  problems.push(...checkMembers(value));
  if (problems.length > 0) throw specificationError(problems, written);
  return value;
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > maxSpecificationBytes) {
      throw new TondoError(
        "LIMIT_EXCEEDED",
        `"${path}" has ${String(size)} bytes, and at most ${String(maxSpecificationBytes)} are read`,
        { where: path, hint: "Give the file of a specification; rows belong into Parquet or CSV." },
      );
    }
    const bytes = await readFile(path);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TondoError) throw error;
    if (error instanceof TypeError) {
      throw new TondoError("SPECIFICATION_INVALID", "the file is no UTF-8", { where: path, cause: error });
    }
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new TondoError(
      isMissing ? "SPECIFICATION_MISSING" : "IO_FAILED",
      isMissing ? `there is no specification "${path}"` : `"${path}" cannot be read`,
      { where: path, hint: "Give the path of a JSON file, from the project folder.", cause: error },
    );
  }
}

function parse(text: string, path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, offset] = /at position (\d+)/.exec(message) ?? [];
    throw new TondoError("SPECIFICATION_INVALID", `the file is no JSON: ${message}`, {
      where: offset === undefined ? path : `${path}:${lineAndColumn(text, Number(offset))}`,
      hint: jsonHint(text),
      cause: error,
    });
  }
  if (isObject(value)) return value;
  throw new TondoError("SPECIFICATION_INVALID", "the file holds no object", {
    where: path,
    hint: 'A specification begins with { and has members such as "vector", "rows" and "output".',
  });
}

function jsonHint(text: string): string {
  if (/^\s*\/[/*]/m.test(text)) return 'JSON has no comments: say it in "description".';
  return /,\s*[}\]]/.test(text)
    ? "JSON has no comma behind the last member."
    : "Members and texts stand in double quotes.";
}

/** `Did you mean "x"?`, or what there is. */
export function meantName(name: string, names: readonly string[], what: string): string {
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return `Did you mean "${nearest}"?`;
  return names.length === 0 ? `There is no ${what}.` : `There is ${names.slice(0, 20).join(", ")}.`;
}
