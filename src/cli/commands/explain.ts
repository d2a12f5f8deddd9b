import { TondoError } from "../../core/index.ts";
import type { Explanation, ProjectPlan } from "../../dsl/index.ts";
import type { Command } from "../command.ts";
import type { ExplainPart } from "../explain/index.ts";
import { folderOption, functionsOption, placesOf, withFunctions } from "../project.ts";
import { s3Options } from "../s3-options.ts";

/** `tondo explain`: what does a definition come to? */
export const explainCommand: Command = {
  name: "explain",
  summary: "show what a feature, group, vector or slot comes to",
  about:
    "Shows what a definition is and where it was written, its lineage from the columns of files to the slots of vectors, its typed plan, the SQL " +
    "that DuckDB runs to join it to the rows of a training set, and the JavaScript that is generated for the rest. It reads the .tondo files, and of the " +
    "sources' files the columns; nothing needs to be applied, and nothing is written.\n\n" +
    "Of a feature or group the joins are those of a vector that reads all of it by its entity's key. Without an option that names a part, all parts are shown.",
  synopsis: ["NAME [--lineage] [--plan] [--sql] [--javascript] [--folder DIR]"],
  positionals: [
    {
      name: "NAME",
      help: "entity:group:feature, entity:group, vector, vector:slot or vector:label; a leading @ may stay",
    },
  ],
  options: {
    lineage: { help: "from the source's columns to the slots that are made of it" },
    plan: { help: "the typed plan as a tree, with the lines it was written in" },
    sql: { help: "the SQL, and what lies outside the part of the language that SQL computes exactly" },
    javascript: { help: "the generated JavaScript, with what each statement is about" },
    ...folderOption,
    ...s3Options,
    ...functionsOption,
  },
  examples: [
    "tondo explain airport:departures:late_6h",
    "tondo explain flight_delay:hour --plan --javascript",
    "tondo explain flight_delay --json | jq .lineage",
  ],
  async run(context) {
    const { args } = context;
    const name = args.argument("NAME");
    const { explainJoins, loadProject } = await import("../../featurestore/index.ts");
    const { explain, explainable } = await import("../../dsl/index.ts");
    const { explanationText } = await import("../explain/index.ts");
    const project = await loadProject(await placesOf(context), await withFunctions(context));
    const explanation = explain(project, name);
    if (explanation.of === "nothing") {
      throw unknown(
        name,
        explanation.nearest,
        explainable(project.plan, project.places),
        otherKind(project.plan, name),
      );
    }
    const joins = await explainJoins(explanation.reads, project.places);
    const asked = (["lineage", "plan", "sql", "javascript"] as const).filter((part) => args.flag(part));
    const parts = new Set<ExplainPart>(asked.length === 0 ? ["about", "lineage", "plan", "sql", "javascript"] : asked);
    return {
      text: explanationText(explanation, joins, parts, context.style),
      json: jsonOf(explanation, joins, parts),
    };
  },
};

function jsonOf(
  { of: _of, reads: _reads, lineage, plans, programs, ...about }: Explanation,
  joins: readonly { readonly programs: Explanation["programs"] }[],
  parts: ReadonlySet<ExplainPart>,
): Readonly<Record<string, unknown>> {
  const { facts, ...rest } = about;
  return {
    ...rest,
    facts: Object.fromEntries(facts.map((fact) => [fact.name, fact.value])),
    ...(parts.has("lineage") ? { lineage } : {}),
    ...(parts.has("plan") ? { plans } : {}),
    ...(parts.has("sql") ? { joins: joins.map(({ programs: _programs, ...join }) => join) } : {}),
    ...(parts.has("javascript") ? { programs: [...joins.flatMap((join) => join.programs), ...programs] } : {}),
  };
}

/** How many names a hint lists. */
const listed = 12;

/** What a name is that stands for something else: a source, or an entity. */
function otherKind({ sources, entities }: ProjectPlan, name: string): string | undefined {
  const source = sources.find((one) => one.name === name);
  if (source !== undefined) return source.kind === "events" ? "a source of events" : `a source, a ${source.kind}`;
  return entities.some((one) => one.name === name) ? "an entity" : undefined;
}

function unknown(
  name: string,
  nearest: string | undefined,
  names: readonly string[],
  other: string | undefined,
): TondoError {
  if (other !== undefined) {
    return new TondoError("UNKNOWN_DEFINITION", `"${name}" is ${other}, and has nothing to explain`, {
      hint: "Explain takes features, groups, vectors, slots and labels.",
    });
  }
  // Those that begin as the name does, where there are any.
  const start = name.replace(/^@/, "").split(":")[0] ?? "";
  const near = names.filter((one) => one.startsWith(`${start}:`));
  const shown = (near.length > 0 ? near : names).slice(0, listed).join(", ");
  return new TondoError("UNKNOWN_DEFINITION", `the .tondo files define nothing named "${name}"`, {
    hint: nearest === undefined ? `There is ${shown}.` : `Did you mean "${nearest}"?`,
  });
}
