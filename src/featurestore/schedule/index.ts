export { cronJobs, type CronJobOptions, kubernetesText } from "./cron-jobs.ts";
export { type CrontabOptions, crontabText, groupsText } from "./crontab-text.ts";
export {
  defaultMargin,
  schedule,
  type Schedule,
  type ScheduledGroup,
  type ScheduledJob,
  type ScheduleOptions,
} from "./schedule.ts";
export type { Yaml, YamlMap } from "./yaml-text.ts";
