import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { allSubjects, coursePath, defaultNames, isMeasuredOn, type Subject } from './subjects.ts'

/** The validated command line. */
export interface Options {
  readonly rounds: number
  /** Length of one measurement. */
  readonly seconds: number
  readonly connections: number
  readonly subjects: readonly Subject[]
  /** Paths to measure; `{course_id}` stands for the id of a course. */
  readonly paths: readonly string[]
  /** The built `main.js` of the course app. */
  readonly server: string
  readonly json: boolean
  readonly assert: boolean
  /** Profile this subject instead of measuring. */
  readonly profile: Subject | undefined
}

/** An invalid argument. Only its message is shown. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

export const helloPath = '/hello'

export const usage = `Usage: npm run bench -- [options]

  --rounds N          measurements per subject and path, default 5
  --seconds N         length of a measurement, default 3
  --connections N     concurrent connections, default 50
  --only A,B          subjects: phase0 to phase5, lab (phase 5 with the Lab on, nobody looking), grpc, gateway, stock,
                      fastify (default: all but lab and fastify)
  --path A,B          paths, default ${helloPath},${coursePath}
  --server FILE       built main.js of the course app, default dist/src/main.js
  --json              a machine-readable result instead of the table
  --assert            exit code 1 when a target is missed
  --profile SUBJECT   print where that subject spends its CPU time`

/**
 * Reads the command line.
 *
 * @throws OptionError that says what is wrong.
 */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args)
  const server = resolve(values.server ?? fileURLToPath(new URL('../src/main.js', import.meta.url)))
  const profiled = values.profile
  const profile = profiled === undefined ? undefined : choose(server, [profiled])[0]
  const paths = values.path?.split(',') ?? (profile ? [profile.onlyPath ?? helloPath] : [helloPath, coursePath])
  return {
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    connections: positive('connections', values.connections),
    subjects: measuredOn(paths, choose(server, values.only?.split(',') ?? defaultNames())),
    paths,
    server,
    json: values.json,
    assert: values.assert,
    profile: profile && measuredOn(paths, [profile])[0],
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '3' },
        connections: { type: 'string', default: '50' },
        only: { type: 'string' },
        path: { type: 'string' },
        server: { type: 'string' },
        json: { type: 'boolean', default: false },
        assert: { type: 'boolean', default: false },
        profile: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new OptionError((error as Error).message)
  }
}

/** @throws OptionError when it is no number greater than 0; only seconds may have a fraction */
export function positive(name: string, text: string): number {
  const number = Number(text)
  const format = name === 'seconds' ? /^\d*\.?\d+$/ : /^\d+$/
  if (format.test(text) && number > 0 && number < 1e6) return number
  throw new OptionError(`--${name} ${text} does not work: it takes a number greater than 0`)
}

function choose(server: string, names: readonly string[]): Subject[] {
  const known = allSubjects(server)
  const unknown = names.find((name) => !known.some((subject) => subject.name === name))
  if (unknown !== undefined) {
    throw new OptionError(`No subject ${unknown}. There are ${known.map(({ name }) => name).join(', ')}`)
  }
  return known.filter(({ name }) => names.includes(name))
}

/** Leaves out subjects without any of the paths: gRPC has no `/hello`. */
function measuredOn(paths: readonly string[], chosen: readonly Subject[]): Subject[] {
  const measured = chosen.filter((subject) => paths.some((path) => isMeasuredOn(subject, path)))
  if (measured.length > 0) return measured
  const names = chosen.map(({ name }) => name).join(' and ')
  throw new OptionError(`${names} cannot be measured on ${paths.join(' or ')}. Add --path '${coursePath}'`)
}
