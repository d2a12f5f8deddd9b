import { nearestName, TondoError } from "../../core/index.ts";
import {
  columnsOf,
  filesAtRest,
  type FunctionLibrary,
  type GroupPlan,
  type ProjectPlan,
  sourceExpressions,
  type SourcePlan,
} from "../../dsl/index.ts";
import { overlayOf } from "../online/group-pointer.ts";
import { groupName } from "../online/index.ts";
import { PushedProgram } from "../online/pushed-values.ts";
import { originColumns, pushedColumn } from "./pushed-places.ts";

/** A group that rows of a source come in, and what makes its keys of them. */
export interface FedGroup {
  readonly name: string;
  readonly plan: GroupPlan;
  readonly overlay: string;
  readonly program: PushedProgram;
}

/** A source that rows may be given for. */
export interface FedSource {
  readonly source: SourcePlan;
  readonly groups: readonly FedGroup[];
  readonly needed: ReadonlySet<string>;
}

/**
 * What rows of a source come in, by definitions.
 *
 * @throws TondoError `INVALID_ARGUMENT` where the source takes none
 */
export function fedSource(project: ProjectPlan, name: string, library: FunctionLibrary): FedSource {
  const source = project.sources.find((one) => one.name === name);
  if (source === undefined) {
    const names = project.sources.map((one) => one.name);
    throw new TondoError("INVALID_ARGUMENT", `there is no source "${name}"`, {
      hint:
        nearestName(name, names) === undefined
          ? `Sources are ${names.join(", ")}.`
          : `Did you mean "${nearestName(name, names) ?? ""}"?`,
    });
  }
  refuseSource(source);
  const fed = project.groups.filter((group) => group.source === name && isFed(group, project.sources));
  if (fed.length === 0)
    throw new TondoError(
      "INVALID_ARGUMENT",
      `no feature looks back at the source "${name}": nothing would be served of its rows`,
      {
        hint: "Define a group over it, apply and materialize.",
      },
    );
  const needed = new Set(
    fed.flatMap((group) => columnsOf(...[...sourceExpressions(group, source)].map(({ value }) => value))),
  );
  const groups = fed.map((plan): FedGroup => {
    const outputs = [...sourceExpressions(plan, source)].filter(
      ({ name: own }) => own === "t" || own.startsWith("key"),
    );
    return {
      name: groupName(plan),
      plan,
      overlay: overlayOf(plan, source),
      program: new PushedProgram(outputs, library),
    };
  });
  return { source, groups, needed };
}

/** Whether loads have rows come in a group: it looks back, at a source of a time. */
export function isFed({ source, stored }: GroupPlan, sources: readonly SourcePlan[]): boolean {
  const { kind } = sources.find(({ name }) => name === source) ?? {};
  return kind !== "table" && stored.some((one) => one.kind === "column" || one.direction === "back");
}

function refuseSource(source: SourcePlan): void {
  const { name, kind } = source;
  const refused = (what: string, hint: string): TondoError =>
    new TondoError("INVALID_ARGUMENT", `rows of "${name}" cannot be pushed: ${what}`, { hint });
  if (kind === "table") throw refused("a table has no time", "Write its files anew and materialize.");
  if (filesAtRest(source).length === 0 && !source.transports.some(({ format }) => format === "kafka"))
    throw refused("it has no place at rest, which loads need", "Declare a parquet or csv place of the same rows.");
  const own = [pushedColumn, ...Object.values(originColumns)].find((name) => Object.hasOwn(source.columns, name));
  if (own !== undefined)
    throw refused(
      `it has a column "${own}", which files of pushed rows have of their own`,
      "Call that column otherwise.",
    );
}
