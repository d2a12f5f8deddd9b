import { durationUnits, formatDuration, TondoError } from "../../core/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import { chooseGroups } from "../materialize/materialize.ts";
import { groupName } from "../online/index.ts";
import { type Cadence, cadenceWithin, cronFields, offsetsOf } from "./cadence.ts";

/** What is to be scheduled. */
export interface ScheduleOptions {
  readonly project: ProjectPlan;
  /** The `sla` of groups in microseconds, by `entity:group`. */
  readonly promises: ReadonlyMap<string, number>;
  /** `entity:group`; by default all with something to load. */
  readonly groups?: readonly string[];
  /** The share of an SLA that is left for the load itself and for what delays it: at least 0, below 1. */
  readonly margin?: number;
}

/** The default of {@link ScheduleOptions.margin}: a load may take half of its group's SLA. */
export const defaultMargin = 0.5;

/** A group of a job. */
export interface ScheduledGroup {
  readonly group: string;
  /** What it promises; `null` where it promises nothing and is loaded because of others. */
  readonly slaMicros: number | null;
}

/** Groups that are materialized together, again and again. */
export interface ScheduledJob {
  /** Its longest time between two starts, `30m`, `4h` or `1d`: no two jobs of a schedule have the same. */
  readonly name: string;
  /** The same in minutes. */
  readonly everyMinutes: number;
  /** When it starts, as five fields of cron in UTC. */
  readonly cron: string;
  readonly groups: readonly ScheduledGroup[];
  /** Sources that stand in tables of databases: they are extracted first. */
  readonly extracts: readonly string[];
  /** When a run is ended: at the shortest SLA of its groups, for what it had loaded by then would be late at once. */
  readonly deadlineSeconds: number;
}

/** Jobs that keep SLAs. */
export interface Schedule {
  readonly margin: number;
  readonly timeZone: "Etc/UTC";
  /** The most frequent first. */
  readonly jobs: readonly ScheduledJob[];
  /** Groups that are not scheduled. */
  readonly warnings: readonly string[];
}

/**
 * Plans how often groups are materialized. The oldest that a group gets is the time between two starts and that of one load, so that a group of
 * SLA `s` is loaded at least every `s * (1 - margin)`, in whole minutes.
 *
 * @throws TondoError `SLA_TOO_SHORT` where that is less than a minute, with all such groups; `UNKNOWN_GROUP`, `INVALID_ARGUMENT`
 */
export function schedule(options: ScheduleOptions): Schedule {
  const { project, promises, groups, margin = defaultMargin } = options;
  if (!(margin >= 0 && margin < 1)) {
    throw new TondoError("INVALID_ARGUMENT", `margin: ${String(margin)} is no share of an SLA`, {
      hint: "Give a number from 0 on and below 1: 0.5 leaves half of the SLA for the load.",
    });
  }
  const names = chooseGroups(project, groups).map(groupName);
  const promising = names.flatMap((name) => {
    const sla = promises.get(name);
    return sla === undefined ? [] : [{ name, sla }];
  });
  const within = (sla: number): number => Math.floor((sla - Math.round(sla * margin)) / durationUnits.min);
  refuseShort(
    promising.filter(({ sla }) => within(sla) < 1).map(({ name }) => name),
    promises,
    margin,
  );
  const byName = new Map<string, { cadence: Cadence; members: string[]; sla: number }>();
  for (const { name: group, sla } of promising) {
    const cadence = cadenceWithin(within(sla));
    const name = formatDuration(cadence.minutes * durationUnits.min);
    const known = byName.get(name);
    if (known === undefined) byName.set(name, { cadence, members: [group], sla });
    else {
      known.members.push(group);
      known.sla = Math.min(known.sla, sla);
    }
  }
  const planned = [...byName].sort(([, a], [, b]) => a.cadence.minutes - b.cadence.minutes);
  const offsets = offsetsOf(planned.map(([, { cadence }]) => cadence));
  const jobs = planned.map(([name, { cadence, members, sla }], i): ScheduledJob => {
    const ordered = names.filter((one) => members.includes(one));
    return {
      name,
      everyMinutes: cadence.minutes,
      cron: cronFields(cadence, offsets[i] ?? 0),
      groups: ordered.map((group) => ({ group, slaMicros: promises.get(group) ?? null })),
      extracts: extractsOf(project, ordered),
      deadlineSeconds: Math.floor(sla / durationUnits.s),
    };
  });
  return { margin, timeZone: "Etc/UTC", jobs, warnings: warningsOf(names, promises) };
}

function refuseShort(names: readonly string[], promises: ReadonlyMap<string, number>, margin: number): void {
  if (names.length === 0) return;
  const slas = names.map((name) => `${name} (sla ${formatDuration(promises.get(name) ?? 0)})`);
  throw new TondoError(
    "SLA_TOO_SHORT",
    `what starts at whole minutes cannot keep with a margin of ${String(margin)}: ${slas.join(", ")}`,
    {
      hint: "Give a smaller margin, schedule the other groups by naming them, or promise less.",
      details: { names, margin },
    },
  );
}

function extractsOf(project: ProjectPlan, names: readonly string[]): readonly string[] {
  const sources = project.groups.filter((group) => names.includes(groupName(group))).map(({ source }) => source);
  return project.sources
    .filter(({ name, transports }) => sources.includes(name) && transports.some(({ format }) => format === "postgres"))
    .map(({ name }) => name);
}

function warningsOf(names: readonly string[], promises: ReadonlyMap<string, number>): readonly string[] {
  const unscheduled = names.filter((name) => !promises.has(name));
  return unscheduled.length === 0 ? [] : [`no sla, and so not scheduled: ${unscheduled.join(", ")}`];
}
