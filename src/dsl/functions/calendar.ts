/*
 * The Gregorian calendar in whole numbers, without objects: days count from 1970-01-01. After Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms" (2013): years begin in March, so that a leap day comes last, and eras
 * of 400 years are all of one length.
 */
const daysPerEra = 146_097;
/** From the first of March of the year 0 to 1970-01-01. */
const toMarchOfZero = 719_468;

/** The month, 1 to 12, of the month of a year that begins in March. */
function monthOfMarch(month: number): number {
  return month < 10 ? month + 3 : month - 9;
}

function eraOf(days: number): number {
  return Math.floor((days + toMarchOfZero) / daysPerEra);
}

function yearOfEra(day: number): number {
  return Math.floor((day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365);
}

function dayOfMarchYear(days: number): number {
  const day = days + toMarchOfZero - eraOf(days) * daysPerEra;
  const year = yearOfEra(day);
  return day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
}

/** The year of a day. */
export function yearOf(days: number): number {
  const era = eraOf(days);
  const year = yearOfEra(days + toMarchOfZero - era * daysPerEra) + era * 400;
  return monthOf(days) <= 2 ? year + 1 : year;
}

/** The month of a day, 1 to 12. */
export function monthOf(days: number): number {
  return monthOfMarch(Math.floor((5 * dayOfMarchYear(days) + 2) / 153));
}

/** The day of the month, from 1. */
export function dayOf(days: number): number {
  const day = dayOfMarchYear(days);
  return day - Math.floor((153 * Math.floor((5 * day + 2) / 153) + 2) / 5) + 1;
}

/** The day of the week, Monday 1 to Sunday 7. */
export function weekdayOf(days: number): number {
  return days + 3 - Math.floor((days + 3) / 7) * 7 + 1;
}

/** The week by ISO 8601, 1 to 53: weeks begin on Monday and belong to the year that their Thursday lies in. */
export function weekOf(days: number): number {
  const thursday = days - weekdayOf(days) + 4;
  return Math.floor((thursday - daysOf(yearOf(thursday), 1, 1)) / 7) + 1;
}

/** The day that a year, a month and a day of it make. */
export function daysOf(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const ofEra = marchYear - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * daysPerEra + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - toMarchOfZero;
}

/** The same day some months later, or the last of that month where it is shorter. */
export function addMonths(days: number, months: number): number {
  const month = yearOf(days) * 12 + monthOf(days) - 1 + months;
  const year = Math.floor(month / 12);
  const first = daysOf(year, month - year * 12 + 1, 1);
  const next = month + 1;
  const length = daysOf(Math.floor(next / 12), next - Math.floor(next / 12) * 12 + 1, 1) - first;
  return first + Math.min(dayOf(days), length) - 1;
}

/** What a day can be truncated to. */
export type CalendarUnit = "day" | "week" | "month" | "year";

/** The first day of the week (its Monday), month or year that a day lies in. */
export function firstDayOf(days: number, unit: CalendarUnit): number {
  switch (unit) {
    case "day":
      return days;
    case "week":
      return days - weekdayOf(days) + 1;
    case "month":
      return days - dayOf(days) + 1;
    case "year":
      return daysOf(yearOf(days), 1, 1);
  }
}
