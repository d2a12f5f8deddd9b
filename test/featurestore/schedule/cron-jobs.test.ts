import { describe, expect, it } from "vitest";
import {
  cronJobs,
  type CronJobOptions,
  kubernetesText,
  type Schedule,
} from "../../../src/featurestore/schedule/index.ts";
import { parseYaml } from "./parse-yaml.ts";

const schedule: Schedule = {
  margin: 0.5,
  timeZone: "Etc/UTC",
  jobs: [
    {
      ...{ name: "30m", everyMinutes: 30, cron: "*/30 * * * *", deadlineSeconds: 3600, extracts: [] },
      groups: [{ group: "shop:till", slaMicros: 3_600_000_000 }],
    },
    {
      ...{ name: "1d", everyMinutes: 1440, cron: "15 0 * * *", deadlineSeconds: 172_800, extracts: ["visits"] },
      groups: [
        { group: "shop:place", slaMicros: 172_800_000_000 },
        { group: "shop:door", slaMicros: null },
      ],
    },
  ],
  warnings: ["no sla, and so not scheduled: shop:plan"],
};
const labels = { "app.kubernetes.io/name": "tondo", "app.kubernetes.io/component": "materialize" };

describe("kubernetesText", () => {
  it("is a CronJob for each job, with all that is said of the containers", () => {
    const options: CronJobOptions = {
      ...{
        image: "registry.internal:5000/shop@sha256:abc",
        name: "eats",
        namespace: "features",
        home: "/data/100 % $(HOME)",
      },
      ...{ program: ["/opt/tondo", "--x=$1"], folder: "/srv/shop", secrets: ["shop-database", "s3.keys"] },
      volumes: [
        { claim: "shop-home", path: "/data" },
        { claim: "shop-files", path: "/srv/shop/files" },
      ],
      materializeArguments: ["--memory=4GB"],
      warnings: ["another\n---\none"],
    };
    const text = kubernetesText(schedule, options);
    const place = ["--folder", "/srv/shop", "--home", "/data/100 % $$(HOME)", "--quiet"];
    const container = (name: string, args: readonly string[]): object => ({
      ...{ name, image: options.image, command: ["/opt/tondo", "--x=$$1"], args },
      envFrom: [{ secretRef: { name: "shop-database" } }, { secretRef: { name: "s3.keys" } }],
      volumeMounts: [
        { name: "volume-0", mountPath: "/data" },
        { name: "volume-1", mountPath: "/srv/shop/files" },
      ],
    });
    const volumes = [
      { name: "volume-0", persistentVolumeClaim: { claimName: "shop-home" } },
      { name: "volume-1", persistentVolumeClaim: { claimName: "shop-files" } },
    ];
    const job = (name: string, cron: string, start: number, deadline: number, pod: object): object => ({
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name, namespace: "features", labels },
      spec: {
        ...{ schedule: cron, timeZone: "Etc/UTC", concurrencyPolicy: "Forbid", startingDeadlineSeconds: start },
        ...{ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 3 },
        jobTemplate: {
          spec: {
            ...{ activeDeadlineSeconds: deadline, backoffLimit: 3 },
            template: { metadata: { labels }, spec: { restartPolicy: "Never", ...pod, volumes } },
          },
        },
      },
    });
    const expected = [
      job("eats-30m", "*/30 * * * *", 1800, 3600, {
        containers: [container("materialize", ["materialize", "--group", "shop:till", ...place, "--memory=4GB"])],
      }),
      job("eats-1d", "15 0 * * *", 86_400, 172_800, {
        initContainers: [container("extract", ["extract", "visits", ...place])],
        containers: [
          container("materialize", ["materialize", "--group", "shop:place,shop:door", ...place, "--memory=4GB"]),
        ],
      }),
    ];
    // Go's parser is of 1.1, others of 1.2.
    expect(parseYaml(text)).toEqual(expected);
    expect(parseYaml(text, "1.1")).toEqual(expected);
    expect(cronJobs(schedule, options)).toEqual(expected);
    expect(text).toContain("\n# warning: no sla, and so not scheduled: shop:plan\n# warning: another --- one\n---\n");
    expect(text).toContain("\n---\n# every 1d: shop:place (sla 2d), shop:door (no sla)\napiVersion: batch/v1\n");
  });

  it("says no more than it must", () => {
    const [first] = cronJobs(schedule, { image: "shop" });
    expect(first).toMatchObject({ metadata: { name: "tondo-30m", labels } });
    expect(JSON.stringify(first)).not.toMatch(/namespace|volume|envFrom|initContainers|--folder|--home/);
  });

  it.each([
    ["no image", { image: "" }],
    ["an image of two words", { image: "a b" }],
    ["a name with capitals", { name: "Tondo" }],
    ["a name that is too long with what is added", { name: "t".repeat(49) }],
    ["a namespace with a dot", { namespace: "a.b" }],
    ["a secret with a slash", { secrets: ["a/b"] }],
    ["a claim with an underscore", { volumes: [{ claim: "a_b", path: "/a" }] }],
    ["a mount that is not absolute", { volumes: [{ claim: "a", path: "a" }] }],
    ["a mount with a colon", { volumes: [{ claim: "a", path: "/a:b" }] }],
  ])("refuses %s", (_what, rest) => {
    expect(() => cronJobs(schedule, { image: "shop", ...rest })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  it("takes the longest name", () => {
    expect(cronJobs(schedule, { image: "shop", name: "t".repeat(48) })).toHaveLength(2);
  });
});
