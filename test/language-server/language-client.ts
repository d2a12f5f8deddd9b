import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  type Diagnostic,
  type InitializeResult,
  type MessageConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { mainScript } from "../cli/run-tondo.ts";

/** An editor without a screen: a real process, spoken to over its standard input and output. */
export interface LanguageClient {
  readonly connection: MessageConnection;
  readonly capabilities: InitializeResult["capabilities"];
  readonly root: string;
  /** What the server logged, errors of requests included. */
  readonly logged: readonly { readonly type: number; readonly message: string }[];
  readonly exit: Promise<number | null>;
  uri(path: string): string;
  open(path: string, text: string): Promise<void>;
  /** Replaces a stretch of a document; versions count up by themselves. */
  change(path: string, range: object | undefined, text: string): Promise<void>;
  /** The diagnostics of a file once they satisfy the condition. */
  diagnostics(path: string, wanted: (found: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]>;
  request<T>(method: string, params: object): Promise<T>;
  kill(signal?: NodeJS.Signals): void;
}

/** Starts the server for a folder and has it initialized. */
export async function startClient(root: string, initialize: object = {}): Promise<LanguageClient> {
  const child = spawn(process.execPath, [mainScript, "language-server", "--stdio"], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = new Promise<number | null>((done) => child.on("close", done));
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const latest = new Map<string, readonly Diagnostic[]>();
  const listeners = new Set<() => void>();
  const logged: { type: number; message: string }[] = [];
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: PublishDiagnosticsParams) => {
    latest.set(uri, diagnostics);
    for (const listener of listeners) listener();
  });
  connection.onNotification("window/logMessage", (message: { type: number; message: string }) => {
    logged.push(message);
  });
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  const uri = (path: string): string => pathToFileURL(`${root}/${path}`).href;
  const versions = new Map<string, number>();
  const { capabilities } = await connection.sendRequest<InitializeResult>("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    workspaceFolders: [{ uri: pathToFileURL(root).href, name: "project" }],
    ...initialize,
  });
  await connection.sendNotification("initialized", {});
  return {
    connection,
    capabilities,
    root,
    logged,
    exit,
    uri,
    open: (path, text) => {
      versions.set(path, 1);
      const textDocument = { uri: uri(path), languageId: "tondo", version: 1, text };
      return connection.sendNotification("textDocument/didOpen", { textDocument });
    },
    change: (path, range, text) => {
      const version = (versions.get(path) ?? 0) + 1;
      versions.set(path, version);
      return connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: uri(path), version },
        contentChanges: [range === undefined ? { text } : { range, text }],
      });
    },
    diagnostics: (path, wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = latest.get(uri(path));
          if (found === undefined || !wanted(found)) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    request: (method, params) => connection.sendRequest(method, params),
    kill: (signal) => void child.kill(signal),
  };
}

/** The place where a piece of text stands, or an offset into it. */
export function positionOf(text: string, piece: string, offset = 0): { line: number; character: number } {
  const at = text.indexOf(piece);
  if (at < 0) throw new Error(`"${piece}" is not in the text`);
  const before = text.slice(0, at + offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
