import { join, resolve } from "node:path";
import type { Schedule } from "../../featurestore/index.ts";
import { usageError } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import { printable, table } from "../output/index.ts";
import { folderOf, openProject, projectOptions } from "../project.ts";

/** Options that go with one form alone. */
const cronOnly = ["environment-file"] as const;
const kubernetesOnly = [
  "image",
  "name",
  "namespace",
  "secret",
  "volume",
  "container-folder",
  "container-home",
] as const;

/** `tondo schedule`: what a scheduler is told, so that groups keep their sla. */
export const scheduleCommand: Command = {
  name: "schedule",
  summary: "print crontab lines or Kubernetes CronJobs that load groups often enough for their sla",
  about:
    "The oldest that a group gets is the time between two starts and that of one load. So a group is loaded at least every (1 - margin) of its " +
    "sla, in whole minutes; what is left is for the load. Starts are spread evenly over the hour, the day or the week, in UTC. Groups of the same " +
    "interval are one job. Groups without an sla are left out. Nothing is installed: print it anew after `tondo apply`.\n\n" +
    "Nothing runs twice at once: lines of cron take turns by flock, CronJobs say `concurrencyPolicy: Forbid`. A run that hangs is ended at the " +
    "shortest sla of its groups. Sources in tables of databases are extracted first.\n\n" +
    "Where an sla is too short for whole minutes the command fails with SLA_TOO_SHORT. Addresses of databases are never printed: hand " +
    "the environment that says them to the jobs, by --environment-file or --secret.",
  synopsis: [
    "[GROUP...] [--margin SHARE]",
    "[GROUP...] --cron [--environment-file FILE]",
    "[GROUP...] --kubernetes --image IMAGE [--volume CLAIM:PATH] [--secret NAME]",
  ],
  positionals: [{ name: "GROUP", help: "only these groups, as entity:group", optional: true, many: true }],
  options: {
    cron: { help: "print lines for `crontab`" },
    kubernetes: { help: "print CronJobs (batch/v1) as YAML, for `kubectl apply -f -`" },
    margin: {
      value: "SHARE",
      help: "the share of an sla that is left for the load, from 0 on and below 1",
      default: "0.5",
    },
    "materialize-arg": {
      value: "ARG",
      help: "handed to materialize, such as --materialize-arg=--memory=4GB",
      many: true,
    },
    program: { value: "PATH", help: "what starts Tondo there", default: "cron: this one; Kubernetes: tondo" },
    "environment-file": {
      value: "FILE",
      help: "cron: lines NAME=value that a shell reads first; cron's own environment is empty",
    },
    image: { value: "IMAGE", help: "Kubernetes: the containers' image; required there" },
    name: { value: "NAME", help: "Kubernetes: what the names of the jobs begin with", default: "tondo" },
    namespace: { value: "NAME", help: "Kubernetes: the namespace" },
    secret: { value: "NAME", help: "Kubernetes: a secret whose entries are the environment", many: true },
    volume: { value: "CLAIM:PATH", help: "Kubernetes: a claim of a volume, and where it is mounted", many: true },
    "container-folder": {
      value: "DIR",
      help: "Kubernetes: the project's folder in the container",
      default: "the image's working folder",
    },
    "container-home": { value: "DIR", help: "Kubernetes: the home in the container", default: ".tondo in the folder" },
    ...projectOptions,
  },
  examples: [
    "tondo schedule",
    "tondo schedule --cron --environment-file /etc/tondo.env",
    "tondo schedule --kubernetes --image registry.internal/shop:1.4 --volume shop-home:/srv/shop/.tondo --secret shop-database",
  ],
  async run(context) {
    const { args } = context;
    checkForms(context);
    const groups = args.rest("GROUP");
    const margin = args.number("margin", 0);
    if (margin !== undefined && margin >= 1) {
      throw usageError(
        `--margin: "${args.text("margin") ?? ""}" is not below 1`,
        "0.5 leaves half of an sla for the load.",
      );
    }
    await using tondo = await openProject(context, "reading");
    const schedule = await tondo.schedule({
      ...(groups.length === 0 ? {} : { groups }),
      ...(margin === undefined ? {} : { margin }),
    });
    if (args.flag("cron")) return await crontab(schedule, context);
    if (args.flag("kubernetes")) return await kubernetes(schedule, context);
    return overview(schedule, context);
  },
};

function checkForms({ args }: CommandContext): void {
  const isCron = args.flag("cron");
  const isKubernetes = args.flag("kubernetes");
  if (isCron && isKubernetes) throw usageError("--cron and --kubernetes are given both", "Print one after the other.");
  const given = (names: readonly string[]): string | undefined => names.find((name) => args.list(name).length > 0);
  const wrong = isCron ? undefined : given(cronOnly);
  if (wrong !== undefined) throw usageError(`--${wrong} goes with --cron`);
  const other = isKubernetes ? undefined : given(kubernetesOnly);
  if (other !== undefined) throw usageError(`--${other} goes with --kubernetes`);
  if (isKubernetes && args.text("image") === undefined)
    throw usageError("--image is missing: the containers' image", "Give one that holds the project and Tondo.");
}

async function crontab(schedule: Schedule, context: CommandContext): Promise<CommandResult> {
  const { args } = context;
  const { crontabText } = await import("../../featurestore/index.ts");
  const folder = folderOf(context);
  const home = args.text("home");
  const program = args.text("program");
  const environmentFile = args.text("environment-file");
  const warnings = unsaid(context, environmentFile === undefined, "--environment-file");
  const text = crontabText(schedule, {
    folder,
    program: program === undefined ? [process.execPath, mainScript()] : [resolve(folder, program)],
    ...(home === undefined ? {} : { home: resolve(folder, home) }),
    ...(environmentFile === undefined ? {} : { environmentFile: resolve(folder, environmentFile) }),
    materializeArguments: args.list("materialize-arg"),
    warnings,
  });
  return { text, verbatim: true, json: { ...jsonOf(schedule, warnings), crontab: text } };
}

async function kubernetes(schedule: Schedule, context: CommandContext): Promise<CommandResult> {
  const { args } = context;
  const { cronJobs, kubernetesText } = await import("../../featurestore/index.ts");
  const [name, namespace, program] = [args.text("name"), args.text("namespace"), args.text("program")];
  const [folder, home] = [args.text("container-folder"), args.text("container-home")];
  const secrets = args.list("secret");
  const volumes = args.list("volume").map(volumeOf);
  const warnings = [
    ...unsaid(context, secrets.length === 0, "--secret"),
    ...(volumes.length > 0 ? [] : ["no --volume is given: a home in the container is lost with it"]),
  ];
  const options = {
    image: args.text("image") ?? "",
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(program === undefined ? {} : { program: [program] }),
    ...(folder === undefined ? {} : { folder }),
    ...(home === undefined ? {} : { home }),
    secrets,
    volumes,
    materializeArguments: args.list("materialize-arg"),
    warnings,
  };
  const text = kubernetesText(schedule, options);
  return { text, verbatim: true, json: { ...jsonOf(schedule, warnings), cronJobs: cronJobs(schedule, options) } };
}

function overview(schedule: Schedule, context: CommandContext): CommandResult {
  const rows = schedule.jobs.map(({ name, cron, groups }) => [name, cron, groups.map(({ group }) => group).join(", ")]);
  const headings = [{ name: "AT LEAST EVERY" }, { name: "CRON (UTC)" }, { name: "GROUPS" }];
  const warnings = schedule.warnings.map((warning) => `${context.style.yellow("warning:")} ${printable(warning)}`);
  const none = "no group has an sla: there is nothing to schedule";
  const text = [
    rows.length === 0 ? none : table(headings, rows),
    ...(warnings.length === 0 ? [] : [warnings.join("\n")]),
    ...(rows.length === 0 ? [] : ["--cron prints lines for crontab, --kubernetes CronJobs"]),
  ];
  return { text: text.join("\n\n"), json: jsonOf(schedule, []) };
}

/** What the jobs need and their lines do not say: an address may hold a password. */
function unsaid({ args, terminal }: CommandContext, isUnsaid: boolean, option: string): readonly string[] {
  const { TONDO_DATABASE: database = "" } = terminal.environment;
  if (!isUnsaid || (args.text("database") === undefined && database === "")) return [];
  return [`the catalog's address is not printed: set TONDO_DATABASE for the jobs, by ${option}`];
}

function jsonOf(schedule: Schedule, warnings: readonly string[]): Readonly<Record<string, unknown>> {
  return { ...schedule, warnings: [...schedule.warnings, ...warnings] };
}

/** `tondo` as it is being run. */
function mainScript(): string {
  return join(import.meta.dirname, "..", import.meta.filename.endsWith(".ts") ? "main.ts" : "main.js");
}

/** @throws TondoError `USAGE` */
function volumeOf(text: string): { readonly claim: string; readonly path: string } {
  const [, claim, path] = /^([^:]+):(\/.*)$/s.exec(text) ?? [];
  if (claim === undefined || path === undefined)
    throw usageError(`--volume: "${text}" is no claim with a path`, "Write it as CLAIM:/path/in/the/container.");
  return { claim, path };
}
