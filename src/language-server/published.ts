import type { Connection } from "vscode-languageserver/node";
import type { LiveProject, ProjectView } from "./live-project.ts";
import { lspDiagnostic } from "./shapes.ts";
import type { Workspace } from "./workspace.ts";

/** What the client was told is wrong, so that it is told again only where that has changed. */
export class Published {
  readonly #connection: Connection;
  readonly #workspace: Workspace;
  /** By project and address. */
  readonly #sent: WeakMap<LiveProject, Map<string, string>> = new WeakMap<LiveProject, Map<string, string>>();

  constructor(connection: Connection, workspace: Workspace) {
    this.#connection = connection;
    this.#workspace = workspace;
  }

  /** Tells what is wrong in each file of a project; of one that has been mended or is gone: nothing. */
  async send(project: LiveProject, { files, diagnostics }: ProjectView): Promise<void> {
    const sent = this.#sent.get(project) ?? new Map<string, string>();
    this.#sent.set(project, sent);
    const byFile = Map.groupBy(diagnostics, ({ span }) => span.file);
    const now = new Map<string, string>();
    for (const [path, file] of files) {
      const uri = this.#workspace.uriOf({ project, path });
      const own = (byFile.get(path) ?? []).map((diagnostic) => lspDiagnostic(file, diagnostic));
      now.set(uri, JSON.stringify(own));
      if ((sent.get(uri) ?? "[]") !== now.get(uri)) {
        await this.#connection.sendDiagnostics({ uri, diagnostics: own });
      }
    }
    for (const [uri, text] of sent)
      if (!now.has(uri) && text !== "[]") await this.#connection.sendDiagnostics({ uri, diagnostics: [] });
    this.#sent.set(project, now);
  }

  /** Takes back all that was said of a project. */
  async clear(project: LiveProject): Promise<void> {
    for (const [uri, text] of this.#sent.get(project) ?? [])
      if (text !== "[]") await this.#connection.sendDiagnostics({ uri, diagnostics: [] });
    this.#sent.delete(project);
  }
}
