import { spawn } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

/** The package of the npm registry that a Chromium is taken from where the machine has none: one file, with what it links. */
const fetched = { name: "@sparticuz/chromium", version: "153.0.0" } as const;

/** A Chromium to start, and what its environment needs. */
export interface Chromium {
  readonly path: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The fonts that come with it, below `XDG_DATA_HOME`: a machine without a browser often has none. */
const fontsBeside = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="xdg">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * The machine's Chromium or, where it has none, one below `XDG_CACHE_HOME` or `~/.cache`, fetched when it is first asked for: 70 MB. It is
 * made beside its place and moved there whole, so that two runs at once do not meet.
 *
 * @throws Error that says what to install
 */
export async function findChromium(environment: NodeJS.ProcessEnv = process.env): Promise<Chromium> {
  const own = (environment["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (own !== undefined) return { path: own, environment: {} };
  const caches = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(caches, "tondo-test", `chromium-${fetched.version}`);
  if (!existsSync(join(folder, "chromium"))) await fetchInto(folder);
  const libraries = [join(folder, "libraries", "lib"), environment["LD_LIBRARY_PATH"]].filter(Boolean).join(":");
  return {
    path: join(folder, "chromium"),
    environment: { LD_LIBRARY_PATH: libraries, XDG_DATA_HOME: folder, FONTCONFIG_FILE: join(folder, "fonts.conf") },
  };
}

async function fetchInto(folder: string): Promise<void> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw needed("It is fetched by itself on Linux on x64 only.");
  mkdirSync(dirname(folder), { recursive: true });
  const making = mkdtempSync(`${folder}-`);
  try {
    await run("npm", ["pack", "--silent", "--pack-destination", making, `${fetched.name}@${fetched.version}`], making);
    await run("tar", ["xzf", `sparticuz-chromium-${fetched.version}.tgz`], making);
    const bin = join(making, "package", "bin");
    const made = join(making, "made");
    for (const [archive, target] of [
      ["al2023", "libraries"],
      ["fonts", "."],
      ["swiftshader", "."],
    ] as const) {
      mkdirSync(join(made, target), { recursive: true });
      await expand(join(bin, `${archive}.tar.br`), join(making, `${archive}.tar`));
      await run("tar", ["xf", join(making, `${archive}.tar`)], join(made, target));
    }
    await expand(join(bin, "chromium.br"), join(made, "chromium"));
    await chmod(join(made, "chromium"), 0o755);
    await writeFile(join(made, "fonts.conf"), fontsBeside);
    try {
      renameSync(made, folder);
    } catch (error) {
      if (!existsSync(join(folder, "chromium"))) throw error;
    }
  } catch (cause) {
    throw needed(`${fetched.name} ${fetched.version} could not be fetched from the npm registry.`, cause);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

function needed(why: string, cause?: unknown): Error {
  return new Error(
    `The tests of pages need Chromium. ${why} Install it (Debian and Ubuntu: apt-get install chromium; macOS: brew install --cask chromium). npm run test:unit runs the tests that need none.`,
    { cause },
  );
}

function expand(from: string, to: string): Promise<void> {
  return pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}

function run(program: string, args: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"], timeout: 480_000 });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2000)));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${String(code)}: ${said}`));
    });
  });
}
