import { parseArgs } from 'node:util'
import type { Incident } from './incident.ts'
import { findIncident, incidents } from './incidents.ts'

/** The validated command line. */
export type Options =
  | { readonly task: 'help' }
  | { readonly task: 'list' }
  | {
      readonly task: 'drill'
      readonly incident: Incident<unknown>
      readonly seed: number
      /** Seconds of healthy traffic before the fault begins. */
      readonly calm: number
      readonly port: number
      readonly grpcPort: number
    }

/** An invalid argument. Only its message is shown. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

export const usage = `Usage: npm run drill -- [incident] [options]

  incident         a number of --list; without one, you get any

  --list           what there is
  --seed N         the same incident with the same details again
  --calm N         seconds of healthy traffic before it begins, default 25
  --port N         where the app listens, default 8080
  --grpc-port N    the same for gRPC, default 9900`

/**
 * Reads the command line.
 *
 * @param random returns an integer from 0 to below `limit`
 * @throws OptionError for an invalid argument
 */
export function readOptions(args: readonly string[], random: (limit: number) => number): Options {
  const { values, positionals } = parse(args)
  if (values.help) return { task: 'help' }
  if (values.list) return { task: 'list' }
  const [name, more] = positionals
  if (more !== undefined) throw new OptionError(`One incident at a time, not ${positionals.join(' and ')}.`)
  const incident = name === undefined ? incidents[random(incidents.length)] : findIncident(name)
  if (incident === undefined) {
    throw new OptionError(`There is no incident ${name}. There are 1 to ${incidents.length}: npm run drill -- --list`)
  }
  return {
    task: 'drill',
    incident,
    seed: values.seed === undefined ? 1 + random(9999) : whole('seed', values.seed, 0, 999_999_999),
    calm: whole('calm', values.calm, 1, 600),
    port: whole('port', values.port, 0, 65_535),
    grpcPort: whole('grpc-port', values['grpc-port'], 0, 65_535),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        list: { type: 'boolean' },
        seed: { type: 'string' },
        calm: { type: 'string', default: '25' },
        port: { type: 'string', default: '8080' },
        'grpc-port': { type: 'string', default: '9900' },
      },
    })
  } catch (error) {
    throw new OptionError((error as Error).message)
  }
}

function whole(name: string, text: string, minimum: number, maximum: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= minimum && number <= maximum) return number
  throw new OptionError(`--${name} ${text} does not work: it takes a whole number from ${minimum} to ${maximum}.`)
}
