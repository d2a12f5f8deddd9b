import type { Command } from "../command.ts";
import { changesText, effective } from "../output/index.ts";
import { functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";
import { s3Of, s3Options } from "../s3-options.ts";

/** `tondo apply`: puts the definitions in force. */
export const applyCommand: Command = {
  name: "apply",
  summary: "put the definitions in force",
  about:
    "Checks the .tondo files and records their definitions in the catalog, all in one transaction. What is applied is what " +
    "training sets, materialize, get and predict use.\n\n" +
    "A definition whose meaning would change, or that is no longer there, is refused: models and loaded values were made with " +
    "the old meaning. Give the new one another name, or say --replace.",
  synopsis: ["[--replace]"],
  positionals: [],
  options: {
    replace: { help: "also change and remove definitions; materialize and train again afterwards" },
    ...projectOptions,
    ...s3Options,
    ...functionsOption,
  },
  examples: ["tondo apply", "tondo apply --replace"],
  async run(context) {
    await using tondo = await openProject(context, "writing", await withFunctions(context), { s3: s3Of(context) });
    const changes = await tondo.apply({ replace: context.args.flag("replace") });
    const { length } = effective(changes);
    return {
      text: `${changesText(changes, context.style, { nothing: "nothing to apply" })}${length === 0 ? "" : "\napplied"}`,
      json: { changes, applied: length },
    };
  },
};
