import { state } from '../server/server-state.ts'

const COLOURS = 6

/** The colour of a service, one of six in the style sheet, the same everywhere on the page. */
export function serviceColour(service: string): number {
  const place = state.value?.sources.findIndex((source) => source.service === service) ?? -1
  if (place >= 0) return place % COLOURS
  let hash = 0
  for (const character of service) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997
  return hash % COLOURS
}
