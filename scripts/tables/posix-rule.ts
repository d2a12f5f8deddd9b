/** A POSIX rule: what holds the year round, or standard time (seconds) and when summer time begins and ends. */
export interface PosixRule {
  readonly standard: number;
  readonly summer?: { readonly offset: number; readonly start: RuleDate; readonly end: RuleDate };
}

/** The `week`th (5: last) `weekday` (0: Sunday) of a month, and the seconds of the clock after its midnight. */
export interface RuleDate {
  readonly month: number;
  readonly week: number;
  readonly weekday: number;
  readonly seconds: number;
}

const name = "(?:<[^>]+>|[A-Za-z]+)";
const clock = "[+-]?\\d+(?::\\d+){0,2}";
const date = `M(\\d+)\\.(\\d+)\\.(\\d+)(?:/(${clock}))?`;
const form = new RegExp(`^${name}(${clock})(?:${name}(${clock})?,${date},${date})?$`);

/** Reads a footer such as `CET-1CEST,M3.5.0,M10.5.0/3`. @throws Error for forms that no zone has today. */
export function readPosixRule(text: string): PosixRule {
  const found = form.exec(text);
  if (found === null) throw new Error(`no rule of a known form: ${text}`);
  const [, west = "", summerWest, ...dates] = found;
  const standard = -secondsOf(west);
  if (dates[0] === undefined) return { standard };
  return {
    standard,
    summer: {
      offset: summerWest === undefined ? standard + 3600 : -secondsOf(summerWest),
      start: ruleDate(dates.slice(0, 4), text),
      end: ruleDate(dates.slice(4, 8), text),
    },
  };
}

function ruleDate([month, week, weekday, time]: readonly (string | undefined)[], text: string): RuleDate {
  const rule = {
    month: Number(month),
    week: Number(week),
    weekday: Number(weekday),
    seconds: time === undefined ? 7200 : secondsOf(time),
  };
  // Near New Year a change could fall into another year of UTC than of the clock: the product relies on that it does not.
  if (rule.month === 1 || rule.month === 12) throw new Error(`a change near New Year: ${text}`);
  return rule;
}

function secondsOf(text: string): number {
  const [hours = "", minutes = "0", seconds = "0"] = text.replace(/^[+-]/, "").split(":");
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return text.startsWith("-") ? -size : size;
}
