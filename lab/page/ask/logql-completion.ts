import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from '@codemirror/autocomplete'
import { type Place, placeIn } from './logql-place.ts'
import { aggregations, filters, groupings, rangeFunctions, stages } from './logql-words.ts'
import type { Stream } from './query-api.ts'
import { lookUp } from './query-api.ts'

/** How many lines are looked at for the labels that `json` would make. */
const SAMPLE = 50

/** Labels, values, functions and stages, as they fit where the cursor is. */
export async function completeLogql(context: CompletionContext): Promise<CompletionResult | null> {
  const place = placeIn(context.state.sliceDoc(0, context.pos))
  if (place.kind === 'text') return null
  const isAsked = context.explicit || place.word !== '' || place.kind !== 'query'
  if (!isAsked) return null
  const options = await optionsFor(place)
  if (options.length === 0) return null
  return {
    from: context.pos - place.word.length,
    options,
    validFor: place.kind === 'labelValue' ? /^[^"`]*$/ : /^\w*$/,
  }
}

async function optionsFor(place: Exclude<Place, { kind: 'text' }>): Promise<readonly Completion[]> {
  switch (place.kind) {
    case 'query':
      return QUERY
    case 'labelName':
      return labels(await names('labels'), 'label of streams')
    case 'labelValue':
      return (await names(`label/${encodeURIComponent(place.label)}/values`)).map((value) => ({
        label: place.isQuoted ? value : JSON.stringify(value),
        type: 'text',
      }))
    case 'stage':
      return [...STAGES, ...labels(await lineLabels(place.selector), 'filter by it: latency > 100')]
    case 'afterStage':
      return AFTER_STAGE
    case 'lineLabel':
      return labels(await lineLabels(place.selector), 'label of lines')
    case 'duration':
      return ['30s', '1m', '5m', '15m'].map((label) => ({ label, type: 'constant' }))
  }
}

function words(of: Readonly<Record<string, string>>, type: string, detail: string, boost = 0): Completion[] {
  return Object.entries(of).map(([label, info]) => ({ label, info, type, detail, boost }))
}

const QUERY: readonly Completion[] = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the place for the cursor
  snippetCompletion('{service="${name}"}', { label: '{', detail: 'stream selector', type: 'text', boost: 9 }),
  ...words(rangeFunctions, 'function', 'of a range', 1),
  ...words(aggregations, 'keyword', 'aggregation'),
  ...words(groupings, 'keyword', 'grouping'),
]
const STAGES = words(stages, 'keyword', 'stage', 1)
const AFTER_STAGE: readonly Completion[] = [
  ...words(filters, 'operator', 'line filter', 1),
  { label: '|', type: 'operator', detail: 'next stage' },
]

function labels(found: readonly string[], detail: string): Completion[] {
  return found.map((label) => ({ label, detail, type: 'variable' }))
}

/** The labels that lines have once they are parsed. */
async function lineLabels(selector: string): Promise<readonly string[]> {
  if (selector === '') return names('labels')
  const end = Date.now()
  const query = {
    query: `${selector} | json`,
    limit: String(SAMPLE),
    start: String((end - 900_000) / 1000),
    end: String(end / 1000),
  }
  const { result } = await quietly(lookUp<{ result: readonly Stream[] }>('logql', 'query_range', query), { result: [] })
  const found = result.flatMap(({ stream }) => Object.keys(stream))
  return [...new Set(found)].filter((name) => !name.startsWith('__')).sort()
}

function names(path: string): Promise<readonly string[]> {
  return quietly(lookUp<readonly string[] | undefined>('logql', path), []).then((found) => found ?? [])
}

/** Without an answer there is nothing to complete. */
function quietly<T>(wanted: Promise<T>, otherwise: T): Promise<T> {
  return wanted.catch(() => otherwise)
}
