import { readFile } from 'node:fs/promises'
import { GiveUp, type WaitOptions, waitFor } from './wait-for.ts'

/** A log line with its usual fields and any others. */
export interface LogLine {
  readonly level: string
  readonly time: string
  readonly message: string
  readonly service?: string
  readonly request_id?: string
  readonly trace_id?: string
  readonly span_id?: string
  readonly [field: string]: unknown
}

/**
 * Parses log text in which every line is a JSON object.
 * A last line without its newline is still being written and is left out.
 *
 * @throws GiveUp that shows, verbatim, the first line which is not a JSON object.
 */
export function parseLogLines(text: string): LogLine[] {
  const finished = text.slice(0, text.lastIndexOf('\n') + 1)
  return finished.split('\n').slice(0, -1).map(parseLine)
}

/**
 * Reads a log file.
 *
 * @throws GiveUp for a line that is not a JSON object; ENOENT without a file.
 */
export async function readLogLines(path: string): Promise<LogLine[]> {
  return parseLogLines(await readFile(path, 'utf8'))
}

/**
 * Waits until the file has a line that satisfies `predicate`, and returns the first such line.
 * The file need not exist yet.
 */
export async function waitForLine(
  path: string,
  description: string,
  predicate: (line: LogLine) => boolean,
  options: WaitOptions = {},
): Promise<LogLine> {
  let lines: LogLine[] = []
  const findLine = async () => {
    lines = await readLogLines(path)
    return lines.find(predicate)
  }
  const seen = () => (lines.length === 0 ? undefined : `\n${lines.slice(-20).map(asText).join('\n')}\n`)
  return await waitFor(`a log line (${description}) in ${path}`, findLine, { seen, ...options })
}

function parseLine(line: string, index: number): LogLine {
  const value = parseJson(line)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as LogLine
  throw new GiveUp(`log line ${index + 1} is not a JSON object:\n${line}`)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function asText(line: LogLine): string {
  return JSON.stringify(line)
}
