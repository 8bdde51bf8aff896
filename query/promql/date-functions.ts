/** Functions that take a value for seconds since 1970 and say what the calendar says in UTC. */

interface CalendarDate {
  readonly year: number
  /** 1 to 12 */
  readonly month: number
  readonly day: number
  /** Days since 1970. */
  readonly days: bigint
  readonly secondOfDay: number
}

/** By name: of seconds since 1970. */
export const dateFunctions: Readonly<Record<string, (seconds: number) => number>> = {
  year: (seconds) => dateOf(seconds).year,
  month: (seconds) => dateOf(seconds).month,
  day_of_month: (seconds) => dateOf(seconds).day,
  day_of_week: (seconds) => Number((((dateOf(seconds).days + 4n) % 7n) + 7n) % 7n),
  day_of_year: (seconds) => {
    const { year, month, day } = dateOf(seconds)
    return (DAYS_BEFORE[month - 1] as number) + day + (month > 2 && isLeap(year) ? 1 : 0)
  },
  days_in_month: (seconds) => {
    const { year, month } = dateOf(seconds)
    return month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  },
  hour: (seconds) => Math.floor(dateOf(seconds).secondOfDay / 3600),
  minute: (seconds) => Math.floor(dateOf(seconds).secondOfDay / 60) % 60,
}

const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
/** What Go makes of a number that does not fit in 64 bits. */
const OUT_OF_RANGE = -(2n ** 63n)
/** Go's calendar begins at this second, in the year -292277022400; seconds before it are taken for very late ones. */
const FIRST_SECOND = -9_223_372_028_741_760_000n

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** JavaScript's dates end in the year 275760, Go's do not. */
function dateOf(value: number): CalendarDate {
  const fits = Number.isFinite(value) && Math.abs(value) < 2 ** 63
  const exact = fits ? BigInt(Math.trunc(value)) : OUT_OF_RANGE
  const seconds = exact < FIRST_SECOND ? exact + 2n ** 64n : exact
  const days = floorDivision(seconds, 86_400n)
  const secondOfDay = Number(seconds - days * 86_400n)
  // The years here begin in March, so that a leap day is the last day of one.
  const shifted = days + 719_468n
  const era = floorDivision(shifted, 146_097n)
  const dayOfEra = Number(shifted - era * 146_097n)
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + Number(era) * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day, days, secondOfDay }
}

function floorDivision(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}
