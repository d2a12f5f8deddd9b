import type { Command } from "../command.ts";
import { changesText, effective } from "../output/index.ts";
import type { OpenOptions } from "../../open-options.ts";
import { functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";
import { onlineOf } from "../online-options.ts";
import { s3Of, s3Options } from "../s3-options.ts";

/** `tondo plan`: what would `apply` change? */
export const planCommand: Command = {
  name: "plan",
  summary: "show what apply would change",
  about:
    "Compares the .tondo files with the definitions in force in the catalog. Nothing is written.\n\n" +
    "A definition is new (+), means something else than before (~), is a group with new features (*), is only described otherwise (·), or is no longer there (-). " +
    "`apply` refuses ~ and - unless it is told --replace.\n\n" +
    "Where the online store is in Cassandra, the CQL by which it is made is shown, too: that of its keyspace where that is to be made, of its table of " +
    "pointers, and of the table that each load of a group makes.",
  synopsis: ["[--exit-code]"],
  positionals: [],
  options: {
    "exit-code": { help: "exit with 3 where something would change, for scripts" },
    ...projectOptions,
    ...s3Options,
    ...functionsOption,
  },
  examples: ["tondo plan", "tondo plan --exit-code --quiet || echo 'not applied yet'"],
  exits: { 3: "with --exit-code: something would change" },
  async run(context) {
    const { cassandra } = await onlineOf(context);
    await using tondo = await openProject(context, "reading", await withFunctions(context), { s3: s3Of(context) });
    const changes = await tondo.plan();
    const differs = effective(changes).length > 0;
    const text = changesText(changes, context.style, { nothing: "nothing to apply" });
    const cql = cassandra === undefined ? undefined : await onlineCql(cassandra);
    return {
      text: cql === undefined ? text : `${text}\n\nThe online store in Cassandra is made by:\n\n${cql.join(";\n\n")};`,
      json: { changes, differs, ...(cql === undefined ? {} : { online: { kind: "cassandra", cql } }) },
      exitCode: differs && context.args.flag("exit-code") ? 3 : 0,
    };
  },
};

async function onlineCql(options: NonNullable<OpenOptions["cassandra"]>): Promise<readonly string[]> {
  const { cassandraSchema } = await import("../../cassandra.ts");
  return cassandraSchema(options);
}
