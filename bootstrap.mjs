// Runs before every npm script, on whatever Node the machine has: installs the locked dependencies, the pinned Node
// among them, whenever the lockfile changed or nothing is installed yet. The script itself then finds that Node first
// on its PATH. Plain JavaScript without dependencies, silent when there is nothing to do.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const oldest = 20;
const root = dirname(fileURLToPath(import.meta.url));
const modules = join(root, "node_modules");
const stamp = join(modules, ".tondo-lock");
const pinnedNode = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");

const major = Number(process.versions.node.split(".")[0]);
if (major < oldest) {
  stop(`Node ${process.versions.node} is too old to install Tondo: install Node ${String(oldest)} or newer first.`);
}

const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
if (!existsSync(pinnedNode) || !existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  process.stderr.write("installing dependencies (npm ci) ...\n");
  install();
  writeFileSync(stamp, wanted);
}

/** `npm ci` by a Node and a PATH from outside the folder that it is about to replace; its output shows on failure. */
function install() {
  const outside = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.startsWith(modules + sep));
  const node = outside.map((folder) => join(folder, "node")).find((file) => existsSync(file)) ?? process.execPath;
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith(".js") === true && existsSync(npm) ? [node, [npm]] : ["npm", []];
  const { status, error, stdout, stderr } = spawnSync(
    program,
    [...first, "ci", "--include=dev", "--loglevel=warn", "--no-fund", "--no-audit"],
    { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, PATH: outside.join(delimiter) } },
  );
  if (error !== undefined) stop(`npm ci could not start: ${error.message}`);
  if (status !== 0) stop(`${stdout}${stderr}npm ci failed; what it said stands above.`);
  if (!existsSync(pinnedNode)) stop(`npm ci passed but left no ${pinnedNode}: are install scripts switched off?`);
}

/**
 * @param {string} message
 * @returns {never}
 */
function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
