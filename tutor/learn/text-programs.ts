import { RE2JS } from 're2js'
import { NotUnderstood } from './command-line.ts'

/** What a program prints for its input. A file's name is given where a program shows it. */
export interface InputFile {
  readonly name: string
  readonly text: string
}

/** A program that turns text into text, such as `grep`. */
export type TextProgram = (input: readonly InputFile[]) => string

export interface TextCommand {
  /** Names of files; none means that it reads what is piped into it. */
  readonly files: readonly string[]
  readonly run: TextProgram
}

/**
 * Finds a program that only reads text.
 *
 * @returns undefined when there is none of that name
 * @throws NotUnderstood for an option that it does not have here
 */
export function textCommand(name: string, args: readonly string[]): TextCommand | undefined {
  switch (name) {
    case 'grep':
      return grep(args)
    case 'head':
    case 'tail':
      return ends(name, args)
    case 'wc':
      return counting(args)
    case 'sort':
      return sorting(args)
    case 'uniq':
      return unique(args)
    case 'cat':
      return { files: args, run: (input) => input.map(({ text }) => text).join('') }
    default:
      return undefined
  }
}

const GREP_FLAGS = /^-[ochviEF]+$/

function grep(args: readonly string[]): TextCommand {
  const flags = args.filter((arg) => GREP_FLAGS.test(arg)).join('')
  const [pattern, ...files] = operandsOf('grep', args, GREP_FLAGS)
  if (pattern === undefined) throw new NotUnderstood('grep without a pattern')
  const has = (flag: string) => flags.includes(flag)
  const regex = regexOf(pattern, has)
  const showsName = files.length > 1 && !has('h')
  const isWanted = (line: string) => regex.matcher(line).find() !== has('v')
  const perFile = ({ name, text }: InputFile): string => {
    const found = linesOf(text).filter(isWanted)
    const shown = has('c') ? [String(found.length)] : has('o') ? found.flatMap((line) => matchesIn(regex, line)) : found
    return asText(shown.map((line) => (showsName ? `${name}:${line}` : line)))
  }
  return { files, run: (input) => input.map(perFile).join('') }
}

function regexOf(pattern: string, has: (flag: string) => boolean): RE2JS {
  const source = has('F') ? RE2JS.quote(pattern) : has('E') ? pattern : extended(pattern)
  try {
    return RE2JS.compile(source, has('i') ? RE2JS.CASE_INSENSITIVE : 0)
  } catch {
    throw new NotUnderstood('this pattern')
  }
}

/**
 * A basic regular expression as an extended one: there, `+ ? { } | ( )` are special without a backslash, here with one.
 *
 * https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap09.html
 */
function extended(pattern: string): string {
  return pattern.replace(/\[\^?\]?[^\]]*\]|\\([+?{}|()])|\\.|[+?{}|()]/g, (found, special: string | undefined) =>
    special !== undefined ? special : found.length === 1 ? `\\${found}` : found,
  )
}

function matchesIn(regex: RE2JS, line: string): string[] {
  const matcher = regex.matcher(line)
  const found: string[] = []
  while (matcher.find()) if (matcher.group() !== '') found.push(matcher.group() as string)
  return found
}

/** `-n 2`, `-n2`, `-2` or nothing, which means 10. */
function ends(name: 'head' | 'tail', args: readonly string[]): TextCommand {
  let count = 10
  const files: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string
    const [, digits] = /^-n?(\d+)$/.exec(arg) ?? []
    if (digits !== undefined) count = Number(digits)
    else if (arg === '-n' && /^\d+$/.test(args[at + 1] ?? '')) count = Number(args[++at])
    else if (arg.startsWith('-')) throw new NotUnderstood(`${name} ${arg}`)
    else files.push(arg)
  }
  if (files.length > 1) throw new NotUnderstood(`${name} of several files`)
  const part = (lines: string[]) => (name === 'head' ? lines.slice(0, count) : lines.slice(-count || lines.length))
  return { files, run: (input) => asText(part(input.flatMap(({ text }) => linesOf(text)))) }
}

function counting(args: readonly string[]): TextCommand {
  const files = operandsOf('wc', args, /^-l$/)
  if (!args.includes('-l') || files.length > 1) throw new NotUnderstood('wc of anything but lines')
  return { files, run: (input) => `${input.reduce((sum, { text }) => sum + linesOf(text).length, 0)}\n` }
}

function sorting(args: readonly string[]): TextCommand {
  const flags = args.filter((arg) => /^-[nru]+$/.test(arg)).join('')
  const files = operandsOf('sort', args, /^-[nru]+$/)
  const compare = flags.includes('n')
    ? (a: string, b: string) => Number.parseFloat(a) - Number.parseFloat(b) || order(a, b)
    : order
  return {
    files,
    run: (input) => {
      const lines = input.flatMap(({ text }) => linesOf(text)).sort(compare)
      const kept = flags.includes('u') ? [...new Set(lines)] : lines
      return asText(flags.includes('r') ? kept.reverse() : kept)
    },
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function unique(args: readonly string[]): TextCommand {
  const files = operandsOf('uniq', args, /^-c$/)
  const counts = args.includes('-c')
  return {
    files,
    run: (input) => {
      const runs: { line: string; count: number }[] = []
      for (const line of input.flatMap(({ text }) => linesOf(text))) {
        const last = runs.at(-1)
        if (last?.line === line) last.count++
        else runs.push({ line, count: 1 })
      }
      return asText(runs.map(({ line, count }) => (counts ? `${String(count).padStart(7)} ${line}` : line)))
    },
  }
}

/** The arguments that are no options. @throws NotUnderstood for another option */
function operandsOf(name: string, args: readonly string[], known: RegExp): string[] {
  const others = args.filter((arg) => !known.test(arg))
  const unknown = others.find((arg) => arg.startsWith('-') && arg !== '-')
  if (unknown !== undefined) throw new NotUnderstood(`${name} ${unknown}`)
  return others
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
