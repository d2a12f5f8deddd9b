import { partitionArgument, partitionOptions } from "../arguments/index.ts";
import type { Command } from "../command.ts";
import { answeredPairs, pairs } from "../output/index.ts";
import { openProject, projectOptions } from "../project.ts";

/** `tondo resolve`: which version answers? */
export const resolveCommand: Command = {
  name: "resolve",
  summary: "find the model version that answers on a partition, and why",
  about:
    "Walks from the most specific node of the partition path up to the global one and takes the first that carries the tag. " +
    "Says which it was, and why those below did not answer.",
  synopsis: ["MODEL@TAG [--partition A/B/C]", "MODEL@VERSION_ID"],
  positionals: [{ name: "MODEL@TAG", help: "a model and a tag, or a version's id" }],
  options: {
    ...partitionOptions("partition", "where the request comes from, from the top down; default: the global node"),
    ...projectOptions,
  },
  examples: ["tondo resolve eta@champion --partition FR/Lyon"],
  async run(context) {
    const { args } = context;
    const path = partitionArgument(args, "partition");
    await using tondo = await openProject(context, "reading");
    const resolution = await tondo.resolve(args.argument("MODEL@TAG"), path);
    const { version } = resolution;
    const text = pairs([
      ["version", `${String(version.number)} (${version.id})`],
      ...answeredPairs(resolution),
      ["package", version.packageDigest],
      ...(version.vector === null
        ? []
        : [["vector", `${version.vector.name} (${version.vector.fingerprint.slice(0, 12)})`] as const]),
    ]);
    return { text, json: { ...resolution } };
  },
};
