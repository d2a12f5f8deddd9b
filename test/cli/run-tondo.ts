import { spawn } from "node:child_process";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { runCommandLine } from "../../src/cli/run-command-line.ts";

/** What a run of the command gave. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command's script. */
export const mainScript: string = join(import.meta.dirname, "../../src/cli/main.ts");

/** Runs the command in this process: its own code, on a terminal of the test. */
export async function tondo(folder: string, ...argv: readonly string[]): Promise<Ran> {
  return tondoWith({ folder }, ...argv);
}

/** As {@link tondo}, with more said of the process. */
export async function tondoWith(
  options: {
    readonly folder: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
    readonly colours?: boolean;
    readonly input?: string;
  },
  ...argv: readonly string[]
): Promise<Ran> {
  const {
    folder,
    environment = { PATH: process.env["PATH"] ?? "" },
    signal = new AbortController().signal,
    colours = false,
    input = "",
  } = options;
  let out = "";
  let err = "";
  const code = await runCommandLine(argv, {
    input: () => Promise.resolve(Buffer.from(input)),
    streams: () => ({ input: new PassThrough(), output: new PassThrough() }),
    out: (text) => (out += text),
    err: (text) => (err += text),
    live: false,
    columns: 80,
    colours: { out: colours, err: colours },
    environment,
    folder,
    signal,
    allowToStop: () => undefined,
  });
  return { code, out, err };
}

/** Runs the command as its users do: a process of its own, which may be sent a Ctrl-C. */
export function spawnTondo(
  folder: string,
  argv: readonly string[],
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly interruptAfterMs?: number;
    /** Stops it by a signal once this is settled; it is given what standard error says so far. */
    readonly stopWhen?: (err: () => string) => Promise<NodeJS.Signals>;
  } = {},
): Promise<Ran> {
  const { environment = {}, interruptAfterMs, stopWhen } = options;
  const child = spawn(process.execPath, [mainScript, ...argv], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const timer = interruptAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGINT"), interruptAfterMs);
  return new Promise((resolve, reject) => {
    stopWhen?.(() => err).then(
      (signal) => child.kill(signal),
      (error: unknown) => {
        child.kill("SIGKILL");
        reject(error);
      },
    );
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, out, err });
    });
  });
}

/** The JSON object on the last line of standard output; nothing else may stand there. */
export function jsonOf(ran: Ran): Record<string, unknown> {
  const lines = ran.out.split("\n");
  if (lines.length !== 2 || lines[1] !== "") throw new Error(`not one line of JSON: ${ran.out}\n${ran.err}`);
  return JSON.parse(lines[0] ?? "") as Record<string, unknown>;
}

/** The error of a run that failed, as `--json` prints it. */
export function errorOf(ran: Ran): { code: string; message: string; hint?: string; where?: string; details?: unknown } {
  return jsonOf(ran)["error"] as ReturnType<typeof errorOf>;
}
