/** The minutes of a week, Sunday's midnight first, at which five fields of cron start something: read naively, field by field and minute by minute. */
export function startsOf(fields: string): readonly number[] {
  const [minute = "", hour = "", day, month, weekday = ""] = fields.split(" ");
  if (day !== "*" || month !== "*") throw new Error(`${fields} names days of a month`);
  const minutes = valuesOf(minute, 60);
  const hours = valuesOf(hour, 24);
  const weekdays = valuesOf(weekday, 7);
  const starts: number[] = [];
  for (let at = 0; at < 7 * 1440; at++) {
    if (
      minutes.includes(at % 60) &&
      hours.includes(Math.floor(at / 60) % 24) &&
      weekdays.includes(Math.floor(at / 1440))
    )
      starts.push(at);
  }
  return starts;
}

/** The longest time between two starts, minutes, also from one week to the next. */
export function longestGap(fields: string): number {
  const starts = startsOf(fields);
  return Math.max(...starts.map((at, i) => (starts[i + 1] ?? (starts[0] ?? NaN) + 7 * 1440) - at));
}

function valuesOf(field: string, size: number): readonly number[] {
  return field.split(",").flatMap((part) => {
    const [, all, from, to, step = "1"] = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (all === undefined && from === undefined) throw new Error(`"${part}" is no part of a field`);
    const first = Number(from ?? 0);
    const last = all === undefined ? Number(to ?? from) : size - 1;
    if (last >= size || first > last) throw new Error(`"${part}" is beyond ${String(size)}`);
    const values: number[] = [];
    for (let value = first; value <= last; value += Number(step)) values.push(value);
    return values;
  });
}
