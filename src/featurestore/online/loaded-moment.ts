import { type Micros, TondoError } from "../../core/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import { closestName } from "./closest-name.ts";
import { firstMoment, type GroupPointer, groupName } from "./group-pointer.ts";
import type { OnlineStore } from "./online-store.ts";

/**
 * The first moment for which all of some groups answer: that of the newest of their loads.
 *
 * @throws TondoError `UNKNOWN_GROUP`, `GROUP_NOT_MATERIALIZED`
 */
export async function loadedMoment(
  project: ProjectPlan,
  store: OnlineStore,
  groups: readonly string[] | undefined,
): Promise<Micros> {
  const plans =
    groups === undefined
      ? project.groups.filter(({ features }) => features.some(({ forward }) => !forward))
      : groups.map((name) => findGroup(project, name));
  const view = await store.view(plans.map(groupName));
  try {
    return Math.max(...plans.map(groupName).map((name) => firstMoment(loaded(view.pointer(name), name))));
  } finally {
    view.close();
  }
}

/** The group of a name. @throws TondoError `UNKNOWN_GROUP` */
export function findGroup({ groups }: Pick<ProjectPlan, "groups">, name: string): ProjectPlan["groups"][number] {
  const plan = groups.find((group) => groupName(group) === name);
  if (plan !== undefined) return plan;
  throw new TondoError("UNKNOWN_GROUP", `there is no group "${name}"`, {
    hint: closestName(name, groups.map(groupName)) ?? "Groups are named entity:group.",
  });
}

function loaded(pointer: GroupPointer | undefined, name: string): GroupPointer {
  if (pointer !== undefined) return pointer;
  throw new TondoError("GROUP_NOT_MATERIALIZED", `${name} has not been materialized`, {
    hint: "Run `tondo materialize`.",
    details: { group: name },
  });
}
