import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "./fetched-chromium.ts";

/** How a page is looked at. */
export interface Screen {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

/** A page in a headless Chromium, spoken to by the DevTools protocol. */
export interface Browser extends AsyncDisposable {
  /** Opens a file and says what `expression` comes to there. */
  look(path: string, screen: Screen, expression: string): Promise<unknown>;
  /** What the pages complained of, and what they asked for beside themselves. */
  readonly complaints: readonly string[];
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

/** Starts a browser with a profile of its own. */
export async function openBrowser(): Promise<Browser> {
  const { path: chromium, environment } = await findChromium();
  const profile = await mkdtemp(join(tmpdir(), "tondo-chromium-"));
  const child = spawn(
    chromium,
    [...["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"], `--user-data-dir=${profile}`],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...environment } },
  );
  const exited = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const [, found] = /DevTools listening on (ws:\/\/\S+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on("exit", () => reject(new Error(`Chromium ended: ${said}`)));
  });
  const socket = new WebSocket(address);
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  const waiting = new Map<number, (message: Message) => void>();
  const events = new Map<string, () => void>();
  const complaints: string[] = [];
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    events.get(message.method ?? "")?.();
    if (message.method === "Log.entryAdded" || message.method === "Runtime.exceptionThrown")
      complaints.push(JSON.stringify(message.params));
    if (message.method === "Network.requestWillBeSent") {
      const { url = "" } = (message.params?.["request"] ?? {}) as { readonly url?: string };
      if (!url.startsWith("file://")) complaints.push(`asked for ${url}`);
    }
  });
  let next = 1;
  const call = async (method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> => {
    const id = next++;
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    const { result = {}, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const { targetId } = await call("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
  const send = (method: string, params: object = {}): Promise<Record<string, unknown>> =>
    call(method, params, String(sessionId));
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  return {
    complaints,
    async look(path, { width, scheme }, expression) {
      await send("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
      await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
      const loaded = new Promise<void>((resolve) => events.set("Page.loadEventFired", resolve));
      await send("Page.navigate", { url: `file://${path}` });
      await loaded;
      const { result } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
      return (result as { readonly value?: unknown }).value;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      child.kill("SIGKILL");
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
