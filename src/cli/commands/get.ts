import { formatMicros, parseCanonicalName, parseTypeName, TondoError, type ValueKind } from "../../core/index.ts";
import { piiOf, type ProjectPlan } from "../../dsl/index.ts";
import { askAtMoment, askedMomentOption, keyArguments } from "../arguments/index.ts";
import type { Command } from "../command.ts";
import { spanText, table, valueText } from "../output/index.ts";
import { functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";

/** `tondo get`: features of one key. */
export const getCommand: Command = {
  name: "get",
  summary: "read features of a key from the online store",
  about:
    "Reads features by their canonical names, entity:group:feature, with their status: present, missing, expired, not_found or " +
    "unavailable. Keys are given by entity, once each; strings stay as they are, other values are read as the entity declares them.",
  synopsis: [
    "NAME ... --key ENTITY=VALUE [--at MOMENT]",
    "NAME ... --key ENTITY.COLUMN=VALUE --key ENTITY.COLUMN=VALUE",
  ],
  positionals: [{ name: "NAME", help: "features, such as restaurant:kitchen:prep_7d", many: true }],
  options: {
    key: {
      value: "ENTITY=VALUE",
      help: "the key of an entity; with .COLUMN where it has several",
      many: true,
      short: "k",
    },
    at: askedMomentOption,
    ...projectOptions,
    ...functionsOption,
  },
  examples: [
    "tondo get restaurant:kitchen:prep_7d restaurant:profile:cuisine --key restaurant=r07 --at loaded",
    "tondo get route:traffic:flights_24h --key route.origin=SFO --key route.destination=LAX",
  ],
  async run(context) {
    const { args, style } = context;
    const names = args.rest("NAME");
    await using tondo = await openProject(context, "reading", await withFunctions(context));
    const project = await tondo.project();
    const asked = entitiesOf(names);
    const entities = project.entities.filter(({ name }) => asked.includes(name));
    const features = await tondo.features();
    // Names are looked at before keys: an unknown name explains an unknown key.
    const loaded = (): Promise<number> => features.loadedMoment(groupsOf(names));
    const pii = piiOf(project).keys;
    const keys = keyArguments(
      args.list("key"),
      (entities.length === 0 ? project.entities : entities).map(({ name }) => ({ role: name, entity: name })),
      project.entities,
      (entity, column) => pii.has(`${entity}.${column}`),
    );
    const row = await askAtMoment(args, loaded, (options) => features.get([...names], keys, options));
    const rows = Object.entries(row.values).map(([name, { value, status, ageMicros }]) => [
      name,
      valueText(value, kindOf(project, name)),
      status === "present" ? style.green(status) : style.yellow(status),
      ageMicros === undefined ? "-" : spanText(ageMicros / 1e6),
    ]);
    const headings = [
      { name: "FEATURE" },
      { name: "VALUE" },
      { name: "STATUS" },
      { name: "AGE", align: "right" as const },
    ];
    const causes = new Set(
      Object.values(row.values).flatMap(({ cause }) => (cause === undefined ? [] : [cause.message])),
    );
    return {
      text: [
        `at ${formatMicros(row.at)}`,
        table(headings, rows),
        ...[...causes].map((message) => `${style.yellow("unavailable")}: ${message}`),
      ].join("\n\n"),
      json: { at: formatMicros(row.at), keys, features: row.values },
    };
  },
};

function entitiesOf(names: readonly string[]): readonly string[] {
  return names.map((name) => parseCanonicalName(name).entity);
}

function groupsOf(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(parseCanonicalName).map(({ entity, group }) => `${entity}:${group}`))];
}

function kindOf(project: ProjectPlan, name: string): ValueKind {
  const { entity, group, feature } = parseCanonicalName(name);
  const plan = project.groups.find((one) => one.entity === entity && one.name === group);
  const found = plan?.features.find((one) => one.name === feature);
  if (found === undefined) throw new TondoError("UNKNOWN_FEATURE", `there is no feature "${name}"`);
  return parseTypeName(found.type).kind;
}
