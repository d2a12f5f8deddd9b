import { readFile } from "node:fs/promises";
import { TondoError } from "../../core/index.ts";
import type { Command } from "../command.ts";

/** `tondo version`. */
export const versionCommand: Command = {
  name: "version",
  summary: "print the versions of Tondo and Node",
  about: "Prints the versions of Tondo and of the Node that runs it.",
  synopsis: [""],
  positionals: [],
  options: {},
  examples: ["tondo version --json"],
  async run() {
    // The package's own file lies at the same distance from src/ and from dist/.
    const path = new URL("../../../package.json", import.meta.url);
    const { version } = JSON.parse(await readFile(path, "utf8")) as { readonly version?: unknown };
    if (typeof version !== "string") throw new TondoError("INTERNAL", `${path.pathname} names no version`);
    const node = process.version.slice(1);
    return { text: `tondo ${version} (node ${node})`, json: { tondo: version, node } };
  },
};
