import type { Refused } from './answer.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The message of a server, below the query with a caret where the server stopped. */
export function describeRefusal({ query, message }: Refused): string {
  const place = placeIn(query, message)
  return place === undefined ? message : `${place}\n${message}`
}

function placeIn(query: string, message: string): string | undefined {
  // Prometheus counts bytes, Loki characters.
  const [, metricLine, byte] = /(?:^|[\s:])(\d+):(\d+): parse error/.exec(message) ?? []
  const [, logLine, character] = /at line (\d+), col (\d+):/.exec(message) ?? []
  const line = query.split('\n')[Number(metricLine ?? logLine) - 1]
  if (line === undefined) return undefined
  const before =
    byte === undefined
      ? [...line].slice(0, Number(character) - 1).join('')
      : decoder.decode(encoder.encode(line).subarray(0, Number(byte) - 1))
  return `  ${line}\n  ${before.replace(/[^\t]/gu, ' ')}^`
}
