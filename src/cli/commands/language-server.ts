import type { Command } from "../command.ts";

/** `tondo language-server`: for editors. */
export const languageServerCommand: Command = {
  name: "language-server",
  summary: "help editors with .tondo files",
  about:
    "Speaks the Language Server Protocol on standard input and output, until the editor ends it: errors as you type, what names " +
    "stand for, completion, go to definition, outline and formatting. The definitions are those of the workspace's folders, open documents in " +
    "place of the files under them. Editors start it; docs/editor.md shows how to set them up.",
  synopsis: ["[--stdio]"],
  positionals: [],
  options: {
    stdio: { help: "what it does anyway; editors pass it" },
    clientProcessId: { value: "PID", help: "ends with this process; editors pass it" },
  },
  examples: ["tondo language-server --stdio"],
  exits: { 1: "the editor went away without asking for a shutdown" },
  async run({ terminal }) {
    const { serveLanguage } = await import("../../language-server/index.ts");
    serveLanguage(terminal.streams(), terminal.signal);
    // The process ends with the protocol.
    return new Promise(() => undefined);
  },
};
