import { formatDuration } from "../../core/index.ts";
import type { Schedule, ScheduledJob } from "./schedule.ts";
import { cronCommand, shellText } from "./shell-text.ts";

/** Where and how cron starts the jobs. */
export interface CrontabOptions {
  /** The project's folder, absolute: jobs take turns by a lock on it. */
  readonly folder: string;
  /** The home, absolute, where it is not `.tondo` in the folder. */
  readonly home?: string;
  /** What starts Tondo: a program and its first arguments. Cron knows hardly any `PATH`: give absolute paths. */
  readonly program: readonly string[];
  /** A file of `NAME=value` lines, absolute, that a shell reads before: cron's environment is empty. */
  readonly environmentFile?: string;
  /** More arguments of `materialize`, such as `--memory=4GB`. */
  readonly materializeArguments?: readonly string[];
  /** More that the comments warn of. */
  readonly warnings?: readonly string[];
}

/** How long a run that was told to end may take to do so, seconds. */
const graceSeconds = 30;

/** The longest line that every cron takes, bytes: Debian's keeps 999 characters of a command. */
const longestLine = 998;

/**
 * A schedule as lines of a crontab, with comments. Nothing runs twice at once: the jobs of a folder wait for one another (`flock`), a job no longer
 * than until its next start; a run that hangs is ended (`timeout`). Only errors are printed, which cron mails.
 *
 * @throws TondoError `INVALID_ARGUMENT` where a path or an argument holds what a crontab cannot
 */
export function crontabText(schedule: Schedule, options: CrontabOptions): string {
  const lines = schedule.jobs.map((job) => ({ job, line: `${job.cron} ${cronCommand(commandOf(job, options))}` }));
  const warnings = [
    ...schedule.warnings,
    ...(options.warnings ?? []),
    ...lines.flatMap(({ job, line }) => {
      const bytes = Buffer.byteLength(line);
      return bytes <= longestLine
        ? []
        : [
            `the line of ${job.name} takes ${String(bytes)} bytes, and some crons refuse more than ${String(longestLine)}`,
          ];
    }),
  ];
  return [
    "# Loads each group often enough for its sla: by `tondo schedule --cron`, to be printed anew after `tondo apply`.",
    `# Between two starts of a job lies at most what it is named by; ${String(Math.round(schedule.margin * 100))} % of the sla, or more, is left for the load itself.`,
    "# `tondo freshness` exits with 3 where an sla is not kept.",
    "# Times are UTC. Where cron knows no CRON_TZ they are the machine's, and a longer day comes out of the margin.",
    "CRON_TZ=UTC",
    "SHELL=/bin/sh",
    ...warnings.map((warning) => `# warning: ${commented(warning)}`),
    ...lines.flatMap(({ job, line }) => ["", `# every ${job.name}: ${groupsText(job)}`, line]),
    "",
  ].join("\n");
}

/** The groups of a job with what they promise. */
export function groupsText({ groups }: ScheduledJob): string {
  return groups
    .map(({ group, slaMicros }) => `${group} (${slaMicros === null ? "no sla" : `sla ${formatDuration(slaMicros)}`})`)
    .join(", ");
}

/** A text as a comment of one line holds it. */
export function commented(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}

function commandOf(job: ScheduledJob, options: CrontabOptions): string {
  const { folder, home, program, environmentFile, materializeArguments = [] } = options;
  const place = ["--folder", folder, ...(home === undefined ? [] : ["--home", home])];
  const groups = job.groups.map(({ group }) => group).join(",");
  const load = [...program, "materialize", ...place, "--group", groups, ...materializeArguments, "--quiet"];
  const steps =
    job.extracts.length === 0
      ? load
      : ["sh", "-c", `${words([...program, "extract", ...job.extracts, ...place, "--quiet"])} && ${words(load)}`];
  const wait = ["flock", "-w", String(job.everyMinutes * 60), folder];
  const end = ["timeout", "-k", String(graceSeconds), String(job.deadlineSeconds)];
  const environment = environmentFile === undefined ? "" : `set -a; . ${shellText(environmentFile)} && set +a && `;
  return `${environment}${words([...wait, ...end, ...steps])} > /dev/null`;
}

function words(command: readonly string[]): string {
  return command.map(shellText).join(" ");
}
