import type { Command } from "../command.ts";
import { applyCommand } from "./apply.ts";
import { backfillCommand } from "./backfill.ts";
import { checkCommand } from "./check.ts";
import { consistencyCommand } from "./consistency.ts";
import { eraseCommand } from "./erase.ts";
import { explainCommand } from "./explain.ts";
import { extractCommand } from "./extract.ts";
import { featuresCommand } from "./features.ts";
import { fmtCommand } from "./fmt.ts";
import { freshnessCommand } from "./freshness.ts";
import { generationsCommand } from "./generations.ts";
import { getCommand } from "./get.ts";
import { initCommand } from "./init.ts";
import { languageServerCommand } from "./language-server.ts";
import { materializeCommand } from "./materialize.ts";
import { modelsCommand } from "./models.ts";
import { planCommand } from "./plan.ts";
import { predictCommand } from "./predict.ts";
import { resolveCommand } from "./resolve.ts";
import { scheduleCommand } from "./schedule.ts";
import { servedCommand } from "./served.ts";
import { streamCommand } from "./stream.ts";
import { tagCommand } from "./tag.ts";
import { testCommand } from "./test.ts";
import { trainCommand } from "./train.ts";
import { trainingSetCommand } from "./training-set.ts";
import { typesCommand } from "./types.ts";
import { versionCommand } from "./version.ts";

/** All commands but `help`, in the order in which a project needs them. */
export const commands: readonly Command[] = [
  initCommand,
  checkCommand,
  fmtCommand,
  testCommand,
  explainCommand,
  typesCommand,
  planCommand,
  applyCommand,
  extractCommand,
  trainingSetCommand,
  featuresCommand,
  trainCommand,
  materializeCommand,
  backfillCommand,
  streamCommand,
  freshnessCommand,
  scheduleCommand,
  generationsCommand,
  eraseCommand,
  getCommand,
  predictCommand,
  consistencyCommand,
  servedCommand,
  modelsCommand,
  tagCommand,
  resolveCommand,
  languageServerCommand,
  versionCommand,
];
