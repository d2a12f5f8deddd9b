import { TondoError } from "../../core/index.ts";
import { commented, groupsText } from "./crontab-text.ts";
import type { Schedule, ScheduledJob } from "./schedule.ts";
import { type YamlMap, yamlText } from "./yaml-text.ts";

/** What the containers of the jobs are made of. */
export interface CronJobOptions {
  readonly image: string;
  /** What the names of the jobs begin with; default: `tondo`. */
  readonly name?: string;
  readonly namespace?: string;
  /** What starts Tondo in the image: a program and its first arguments; default: `tondo`. */
  readonly program?: readonly string[];
  /** The project's folder in the container; default: the image's working folder. */
  readonly folder?: string;
  /** The home in the container; default: `.tondo` in the folder. */
  readonly home?: string;
  /** Secrets whose entries are the containers' environment: `TONDO_DATABASE`, say. */
  readonly secrets?: readonly string[];
  /** Claims of volumes, and where they are mounted. */
  readonly volumes?: readonly { readonly claim: string; readonly path: string }[];
  /** More arguments of `materialize`, such as `--memory=4GB`. */
  readonly materializeArguments?: readonly string[];
  /** More that the comments warn of. */
  readonly warnings?: readonly string[];
}

/** The longest name of a CronJob: Kubernetes adds eleven characters for each run's. */
const longestName = 52;

/** How often a run is tried again, with growing pauses: another job may hold the home. */
const retries = 3;

/**
 * A schedule as Kubernetes' CronJobs (`batch/v1`, with time zones: 1.27 or newer), one a job of the schedule, in its order. A job is never started
 * while its last run goes on, one that hangs is ended, and a start that was missed is made up for until the next one is due.
 *
 * @throws TondoError `INVALID_ARGUMENT` where a name, an image or a path is none that Kubernetes takes
 */
export function cronJobs(schedule: Schedule, options: CronJobOptions): readonly YamlMap[] {
  const { name = "tondo", namespace } = options;
  checkOptions(schedule, options);
  return schedule.jobs.map((job) => {
    const labels = { "app.kubernetes.io/name": "tondo", "app.kubernetes.io/component": "materialize" };
    return {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: `${name}-${job.name}`, ...(namespace === undefined ? {} : { namespace }), labels },
      spec: {
        schedule: job.cron,
        timeZone: schedule.timeZone,
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: job.everyMinutes * 60,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            activeDeadlineSeconds: job.deadlineSeconds,
            backoffLimit: retries,
            template: { metadata: { labels }, spec: podOf(job, options) },
          },
        },
      },
    };
  });
}

/** The same as one file of YAML, with comments. @throws TondoError `INVALID_ARGUMENT` */
export function kubernetesText(schedule: Schedule, options: CronJobOptions): string {
  const documents = cronJobs(schedule, options);
  const head = [
    "# Loads each group often enough for its sla: by `tondo schedule --kubernetes`, to be printed anew after `tondo apply`.",
    `# Between two starts of a job lies at most what it is named by; ${String(Math.round(schedule.margin * 100))} % of the sla, or more, is left for the load itself.`,
    ...[...schedule.warnings, ...(options.warnings ?? [])].map((warning) => `# warning: ${commented(warning)}`),
    "",
  ].join("\n");
  const shown = documents.map((document, i) => {
    const job = schedule.jobs[i];
    return `---\n# every ${job?.name ?? ""}: ${job === undefined ? "" : groupsText(job)}\n${yamlText(document)}`;
  });
  return `${head}${shown.join("")}`;
}

function podOf(job: ScheduledJob, options: CronJobOptions): YamlMap {
  const { image, program = ["tondo"], folder, home, secrets = [], volumes = [], materializeArguments = [] } = options;
  const place = [
    ...(folder === undefined ? [] : ["--folder", folder]),
    ...(home === undefined ? [] : ["--home", home]),
    "--quiet",
  ];
  const container = (name: string, args: readonly string[]): YamlMap => ({
    name,
    image,
    command: program.map(literal),
    args: args.map(literal),
    ...(secrets.length === 0 ? {} : { envFrom: secrets.map((secret) => ({ secretRef: { name: secret } })) }),
    ...(volumes.length === 0
      ? {}
      : { volumeMounts: volumes.map(({ path }, i) => ({ name: `volume-${String(i)}`, mountPath: path })) }),
  });
  const groups = job.groups.map(({ group }) => group).join(",");
  const load = container("materialize", ["materialize", "--group", groups, ...place, ...materializeArguments]);
  return {
    restartPolicy: "Never",
    ...(job.extracts.length === 0
      ? {}
      : { initContainers: [container("extract", ["extract", ...job.extracts, ...place])] }),
    containers: [load],
    ...(volumes.length === 0
      ? {}
      : {
          volumes: volumes.map(({ claim }, i) => ({
            name: `volume-${String(i)}`,
            persistentVolumeClaim: { claimName: claim },
          })),
        }),
  };
}

/** Kubernetes puts variables in for `$(NAME)`: a dollar sign is written twice. */
function literal(argument: string): string {
  return argument.replaceAll("$", () => "$$");
}

function checkOptions({ jobs }: Schedule, options: CronJobOptions): void {
  const { image, name = "tondo", namespace, secrets = [], volumes = [] } = options;
  const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
  const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
  const check = (isRight: boolean, what: string, given: string, hint: string): void => {
    if (!isRight)
      throw new TondoError("INVALID_ARGUMENT", `${what}: "${given}" is none that Kubernetes takes`, { hint });
  };
  const letters = "Write small letters, digits and hyphens; the first and the last sign is no hyphen.";
  check(/^[^\s\p{Cc}]+$/u.test(image), "image", image, "Write it as registry/name:tag.");
  const longest = Math.max(0, ...jobs.map((job) => `${name}-${job.name}`.length));
  check(
    label.test(name) && longest <= longestName,
    "name",
    name,
    `${letters} With what is added it may have ${String(longestName)} signs.`,
  );
  if (namespace !== undefined) check(label.test(namespace), "namespace", namespace, letters);
  for (const secret of secrets) check(subdomain.test(secret) && secret.length <= 253, "secret", secret, letters);
  for (const { claim, path } of volumes) {
    check(subdomain.test(claim) && claim.length <= 253, "volume", claim, letters);
    check(/^\/[^:\p{Cc}]*$/u.test(path), "volume", path, "The path in the container is absolute and has no colon.");
  }
}
