import { parseArgs } from 'node:util'
import { ConfigError } from '../src/config.ts'
import { type ScenarioName, scenarios } from './scenarios.ts'

/** The validated command line. */
export interface LoadOptions {
  readonly users: number
  readonly durationMs: number
  readonly scenario: ScenarioName
  /** Without a trailing slash. */
  readonly url: string
}

export const usage = `Usage: npm run load -- [options]

  --users N         users at the same time, 1 to 1000, default 10
  --duration TIME   for how long: 30s, 5m; default 60s
  --scenario NAME   general: browse, book, reserve, pay or give up, and mistakes
                    competing: all want the last seats of one course
  --url URL         where the app is, default http://127.0.0.1:8080

The exit code is 1 when an answer came that the API does not promise.`

/**
 * Reads the command line.
 *
 * @throws ConfigError that names the option and the remedy.
 */
export function readOptions(args: readonly string[]): LoadOptions {
  const { users, duration, scenario, url } = parse(args)
  return {
    users: userCount(users),
    durationMs: milliseconds(duration),
    scenario: knownScenario(scenario),
    url: baseUrl(url),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        users: { type: 'string', default: '10' },
        duration: { type: 'string', default: '60s' },
        scenario: { type: 'string', default: 'general' },
        url: { type: 'string', default: 'http://127.0.0.1:8080' },
      },
    }).values
  } catch (error) {
    const problem = (error as Error).message.split('. ')[0] as string
    throw new ConfigError('Arguments', problem, 'Known are --users, --duration, --scenario, --url and --help.')
  }
}

function userCount(given: string): number {
  const number = Number(given)
  if (/^\d+$/.test(given) && number >= 1 && number <= 1000) return number
  throw new ConfigError('--users', `${JSON.stringify(given)} does not work`, 'Set it to a number from 1 to 1000.')
}

const DAY = 86_400_000
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function milliseconds(given: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(given) ?? []
  const duration = Number(number) * (UNITS[unit] ?? Number.NaN)
  if (duration >= 1 && duration <= DAY) return duration
  throw new ConfigError('--duration', `${JSON.stringify(given)} does not work`, 'Set it to a time such as 30s or 5m.')
}

function knownScenario(given: string): ScenarioName {
  if (Object.hasOwn(scenarios, given)) return given as ScenarioName
  const known = Object.keys(scenarios).join(' or ')
  throw new ConfigError('--scenario', `${JSON.stringify(given)} does not work`, `Set it to ${known}.`)
}

function baseUrl(given: string): string {
  if (/^https?:\/\//.test(given) && URL.canParse(given)) return given.replace(/\/+$/, '')
  const remedy = 'Set it to the address of the app, such as http://127.0.0.1:8080.'
  throw new ConfigError('--url', `${JSON.stringify(given)} does not work`, remedy)
}
