const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const;

/** Midnight before an instant, in the reader's zone. */
function dayOf(instant: number): number {
  return new Date(instant).setHours(0, 0, 0, 0);
}

/** How many of a unit there are from `now` to an instant: of days, those of the calendar. */
function amountOf(unit: (typeof UNITS)[number][0], size: number, instant: number, now: number): number {
  // A day of the change of the clocks is an hour longer or shorter.
  if (unit === 'day') return Math.round((dayOf(instant) - dayOf(now)) / DAY);
  return Math.round((instant - now) / size);
}

/** The distance from `now` to an instant in its largest unit, for example `2 hours ago`, `yesterday`, `in 16 hours`. */
export function formatRelative(instant: number, now: number, locale: string | undefined): string {
  const distance = Math.abs(instant - now);
  const [unit, size] = UNITS.find(([, unitSize]) => distance >= unitSize) ?? UNITS[UNITS.length - 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(amountOf(unit, size, instant, now), unit);
}

/** A duration (ms) in its two largest units, for example `4m 12s`. */
export function formatDuration(duration: number, locale: string | undefined): string {
  let rest = Math.max(0, duration);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0 || (unit === 'second' && parts.length === 0)) {
      parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow' }).format(amount));
    } else if (parts.length > 0) {
      break;
    }
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** An instant in the reader's zone, or in the one given. */
export function formatInstant(instant: number, locale: string | undefined, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(instant);
}

/** An instant in the reader's zone: of today by its time alone, for example `14:02`. */
export function formatMoment(instant: number, now: number, locale: string | undefined): string {
  if (dayOf(instant) !== dayOf(now)) return formatInstant(instant, locale);
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(instant);
}

/** An instant of the coming week by its weekday, for example `Mon 10:00`; a later one with its date. */
export function formatOpening(instant: number, now: number, locale: string | undefined, timeZone?: string): string {
  const isThisWeek = instant - now < 6 * DAY;
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    ...(isThisWeek ? {} : { month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(instant);
}
