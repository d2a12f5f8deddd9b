import { resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  type CancellationToken,
  createConnection,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  type InitializeParams,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { functionFiles } from "../featurestore/index.ts";
import { definitionAt, formatEdits, hoverAt, symbolsOf } from "./answers.ts";
import { Checks } from "./checks.ts";
import { completionList } from "./completion-list.ts";
import type { ProjectView } from "./live-project.ts";
import { Published } from "./published.ts";
import { type Place, Workspace } from "./workspace.ts";

/** Where the protocol is spoken. */
export interface LanguageStreams {
  readonly input: Readable;
  readonly output: Writable;
}

const capabilities: InitializeResult["capabilities"] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  hoverProvider: true,
  completionProvider: { triggerCharacters: ["@", ":", "[", "|", '"'] },
  definitionProvider: true,
  documentSymbolProvider: true,
  documentFormattingProvider: true,
};

/**
 * Speaks the Language Server Protocol until the client ends it, goes away or the signal says so. The process then exits: with 0
 * where a shutdown was asked for, else with 1, as the protocol wants it.
 */
export function serveLanguage({ input, output }: LanguageStreams, signal: AbortSignal): void {
  const connection = createConnection(input, output);
  const documents = new TextDocuments(TextDocument);
  const failed = (error: unknown): void => connection.console.error(reasonOf(error));
  let workspace = new Workspace([], (message) => connection.console.warn(message));
  let published = new Published(connection, workspace);
  const checks = new Checks((project, view) => published.send(project, view), failed);
  let watches = false;

  connection.onInitialize((params): InitializeResult => {
    workspace = new Workspace(foldersOf(params), (message) => connection.console.warn(message));
    published = new Published(connection, workspace);
    watches = params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    return { capabilities, serverInfo: { name: "tondo" } };
  });
  connection.onInitialized(() => {
    for (const project of workspace.projects) checks.soon(project, true);
    if (!watches) return;
    const watchers = ["**/*.tondo", ...functionFiles.map((name) => `**/${name}`)].map((globPattern) => ({
      globPattern,
    }));
    connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(failed);
  });
  connection.onShutdown(() => {
    checks.stop();
  });
  connection.onDidChangeWatchedFiles(() => {
    for (const project of workspace.projects) checks.soon(project, true);
  });

  documents.onDidOpen(({ document: { uri } }) => {
    checks.soon(workspace.opened(uri).project, true);
  });
  documents.onDidChangeContent(({ document }) => {
    const { project, path } = workspace.placeOf(document.uri);
    project.edit(path, document.getText());
    checks.soon(project, false);
  });
  documents.onDidSave(({ document }) => {
    checks.soon(workspace.placeOf(document.uri).project, true);
  });
  documents.onDidClose(({ document }) => {
    const { project } = workspace.closed(document.uri);
    if (workspace.projects.includes(project)) {
      checks.soon(project, true);
    } else {
      checks.forget(project);
      published.clear(project).catch(failed);
    }
  });

  /** An answer from what the project is now; what goes wrong in one is the answer to it alone. */
  const answer =
    <P extends { readonly textDocument: { readonly uri: string } }, R>(
      give: (view: ProjectView, place: Place, params: P) => R,
    ) =>
    async (params: P, token: CancellationToken): Promise<R | ResponseError> => {
      try {
        const place = workspace.placeOf(params.textDocument.uri);
        await checks.ready(place.project);
        if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
        return give(place.project.view(), place, params);
      } catch (error) {
        failed(error);
        return new ResponseError(ErrorCodes.InternalError, error instanceof Error ? error.message : String(error));
      }
    };
  connection.onHover(answer((view, { path }, { position }) => hoverAt(view, path, position)));
  connection.onCompletion(answer((view, { path }, { position }) => completionList(view, path, position)));
  connection.onDefinition(answer((view, place, { position }) => definitionAt(view, place, position, workspace)));
  connection.onDocumentSymbol(answer((view, { path }) => symbolsOf(view, path)));
  connection.onDocumentFormatting(answer((view, { path }) => formatEdits(view, path)));

  signal.addEventListener("abort", () => {
    checks.stop();
    // The connection sees the end of its input, and ends the process.
    input.destroy();
  });
  documents.listen(connection);
  connection.listen();
}

/** The folders of projects: those of the workspace, or in each the one that the client's settings name. */
function foldersOf(params: InitializeParams): readonly string[] {
  const { workspaceFolders } = params;
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? [];
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- older clients send nothing else
  const root = params.rootUri;
  const roots = uris.length > 0 || root === null ? uris : [root];
  const options: unknown = params.initializationOptions;
  const folder =
    typeof options === "object" && options !== null && "folder" in options && typeof options.folder === "string"
      ? options.folder
      : ".";
  return roots.filter((uri) => uri.startsWith("file:")).map((uri) => resolve(fileURLToPath(uri), folder));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
