import { readFileSync } from 'node:fs'
import { parseArgs, parseEnv } from 'node:util'
import { stackSettings } from '../../src/stack.ts'

/**
 * Whether the page has Learn: the Lab is on, and only this machine reaches the server. Reads the few settings for it by
 * hand, because validating all of them takes as long as a fifth of the start. The app reports invalid ones.
 */
export function hasLearn(args: readonly string[], env: NodeJS.Dict<string> = process.env): boolean {
  const given = { ...envFile(), ...withoutEmpty(env), ...fromArguments(args) }
  const { NODE_ENV, ROLE, LAB = NODE_ENV === 'production' ? 'off' : 'on' } = given
  const host = given.HOST ?? (given.STACK === 'true' ? stackSettings().HOST : undefined) ?? '127.0.0.1'
  return NODE_ENV !== 'production' && LAB === 'on' && ROLE !== 'course' && isLoopback(host)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function envFile(): NodeJS.Dict<string> {
  try {
    return withoutEmpty(parseEnv(readFileSync('.env', 'utf8')))
  } catch {
    // It is missing, or the app reports why it cannot be read.
    return {}
  }
}

function withoutEmpty(env: NodeJS.Dict<string>): NodeJS.Dict<string> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}

function fromArguments(args: readonly string[]): NodeJS.Dict<string> {
  const options = { lab: { type: 'string' }, host: { type: 'string' }, role: { type: 'string' } } as const
  const { values } = parseArgs({ args: [...args], strict: false, options: { ...options, stack: { type: 'boolean' } } })
  const { lab, host, role, stack } = values
  const named = { LAB: lab, HOST: host, ROLE: role, STACK: stack }
  return Object.fromEntries(Object.entries(named).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])))
}
