/** Go's `time.Time` and `time.Duration`, as far as templates use them: https://pkg.go.dev/time */
import { TemplateMethod, type TemplateObject, type TemplateValue } from '../template/value.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** A moment in UTC, to the millisecond. */
export class GoTime implements TemplateObject {
  readonly typeName = '*time.Time'
  readonly #date: Date

  /** @param ms milliseconds since 1970 */
  constructor(readonly ms: number) {
    this.#date = new Date(ms)
  }

  field(name: string): TemplateValue | TemplateMethod | undefined {
    const date = this.#date
    const integers: Readonly<Record<string, () => number>> = {
      Unix: () => Math.floor(this.ms / 1000),
      UnixMilli: () => this.ms,
      Year: () => date.getUTCFullYear(),
      Day: () => date.getUTCDate(),
      Hour: () => date.getUTCHours(),
      Minute: () => date.getUTCMinutes(),
      Second: () => date.getUTCSeconds(),
    }
    const integer = integers[name]
    if (integer !== undefined) return new TemplateMethod([], () => BigInt(integer()))
    switch (name) {
      case 'Format':
        return new TemplateMethod(['string'], (layout: string) => this.format(layout))
      case 'String':
        return new TemplateMethod([], () => this.print())
      case 'UTC':
        return new TemplateMethod([], () => this)
      case 'Weekday':
        return new TemplateMethod([], () => DAYS[date.getUTCDay()] as string)
      case 'Month':
        return new TemplateMethod([], () => MONTHS[date.getUTCMonth()] as string)
    }
    return undefined
  }

  print(): string {
    const fraction = this.ms % 1000 === 0 ? '' : `.${this.#milliseconds()}`.replace(/0+$/, '')
    return `${this.format('2006-01-02 15:04:05')}${fraction} +0000 UTC`
  }

  /** @param layout how the reference time, `Mon Jan 2 15:04:05 MST 2006`, would be written */
  format(layout: string): string {
    return layout.replace(LAYOUT, (part) => this.#part(part))
  }

  #milliseconds(): string {
    return String(((this.ms % 1000) + 1000) % 1000).padStart(3, '0')
  }

  #part(part: string): string {
    const date = this.#date
    const hour = date.getUTCHours()
    const two = (value: number): string => String(value).padStart(2, '0')
    switch (part) {
      case 'January':
        return MONTHS[date.getUTCMonth()] as string
      case 'Jan':
        return (MONTHS[date.getUTCMonth()] as string).slice(0, 3)
      case 'Monday':
        return DAYS[date.getUTCDay()] as string
      case 'Mon':
        return (DAYS[date.getUTCDay()] as string).slice(0, 3)
      case 'MST':
        return 'UTC'
      case '2006':
        return String(date.getUTCFullYear()).padStart(4, '0')
      case '06':
        return two(date.getUTCFullYear() % 100)
      case '01':
        return two(date.getUTCMonth() + 1)
      case '1':
        return String(date.getUTCMonth() + 1)
      case '02':
        return two(date.getUTCDate())
      case '_2':
        return String(date.getUTCDate()).padStart(2, ' ')
      case '2':
        return String(date.getUTCDate())
      case '15':
        return two(hour)
      case '03':
        return two(hour % 12 || 12)
      case '3':
        return String(hour % 12 || 12)
      case '04':
        return two(date.getUTCMinutes())
      case '4':
        return String(date.getUTCMinutes())
      case '05':
        return two(date.getUTCSeconds())
      case '5':
        return String(date.getUTCSeconds())
      case 'PM':
        return hour < 12 ? 'AM' : 'PM'
      case 'pm':
        return hour < 12 ? 'am' : 'pm'
      case 'Z07:00':
      case 'Z0700':
        return 'Z'
      case '-07:00':
        return '+00:00'
      case '-0700':
        return '+0000'
    }
    return this.#fraction(part)
  }

  /** `.000` keeps zeros at the end, `.999` drops them. */
  #fraction(part: string): string {
    const digits = this.#milliseconds()
      .padEnd(part.length - 1, '0')
      .slice(0, part.length - 1)
    if (part[1] === '0') return part.charAt(0) + digits
    const kept = digits.replace(/0+$/, '')
    return kept === '' ? '' : part.charAt(0) + kept
  }
}

const LAYOUT = /January|Jan|Monday|Mon|MST|2006|Z07:00|Z0700|-07:00|-0700|[.,](?:0+|9+)(?!\d)|_2|0[1-6]|15|PM|pm|[1-5]/g

/** A length of time. */
export class GoDuration implements TemplateObject {
  readonly typeName = '*time.Duration'

  constructor(readonly seconds: number) {}

  field(name: string): TemplateMethod | undefined {
    switch (name) {
      case 'Seconds':
        return new TemplateMethod([], () => this.seconds)
      case 'Minutes':
        return new TemplateMethod([], () => this.seconds / 60)
      case 'Hours':
        return new TemplateMethod([], () => this.seconds / 3600)
      case 'Milliseconds':
        return new TemplateMethod([], () => BigInt(Math.trunc(this.seconds * 1000)))
      case 'String':
        return new TemplateMethod([], () => this.print())
    }
    return undefined
  }

  /** `1h30m0s`, `1.5s`, `20ms` */
  print(): string {
    const ns = Math.abs(Math.trunc(this.seconds * 1e9))
    const sign = this.seconds < 0 && ns > 0 ? '-' : ''
    if (ns === 0) return '0s'
    if (ns < 1e3) return `${sign}${ns}ns`
    if (ns < 1e6) return `${sign}${ns / 1e3}µs`
    if (ns < 1e9) return `${sign}${ns / 1e6}ms`
    const whole = Math.floor(ns / 1e9)
    const rest = `${whole % 60}${ns % 1e9 === 0 ? '' : `.${String(ns % 1e9).padStart(9, '0')}`.replace(/0+$/, '')}s`
    const minutes = Math.floor(whole / 60)
    const hours = Math.floor(minutes / 60)
    return sign + (hours > 0 ? `${hours}h` : '') + (minutes > 0 ? `${minutes % 60}m` : '') + rest
  }
}
