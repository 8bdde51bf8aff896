import { randomInt } from 'node:crypto'
import type { AlertingDefinition, GroupDefinition } from '../../../query/rules/rule-file.ts'
import { RuleGroup } from '../../../query/rules/rule-group.ts'
import { queriesOver } from '../../../query/rules/samples.ts'
import type { Labels } from '../../../query/series/labels.ts'
import { SeriesStore } from '../../../query/series/store.ts'
import { type Instance, SCRAPE_INTERVAL, START, scrapeAll } from '../queries/service-metrics.ts'
import { FIRST_EVALUATION, type Scenario } from './scenario.ts'

/** An alert from when it became pending until it was gone. Moments are seconds since the scenario began. */
export interface Episode {
  readonly rule: AlertingDefinition
  readonly labels: Labels
  readonly activeAt: number
  /** Undefined when it never fired. */
  readonly firedAt: number | undefined
  /** Undefined when it was there until the end. */
  readonly endedAt: number | undefined
  /** As they were when it fired last, or when it was pending. */
  readonly annotations: ReadonlyMap<string, string>
}

/** What rules made of a scenario. */
export interface Run {
  readonly episodes: readonly Episode[]
  /** Why a rule could not be evaluated. */
  readonly error: string | undefined
}

/** As long as a scrape takes to come again: nothing changes in between. */
const STEP = SCRAPE_INTERVAL * 1000

/** A learner's rule is small. What takes longer is a mistake. */
const LIMITS = { samples: 500_000, time: 3000 }

/** Milliseconds that a run may take. Most take less than half a second. */
const MOST_TIME = 20_000

/** Up to three years, so that neither the hour nor the quarter of an hour is that of the data that the learner has seen. */
function randomDelay(): number {
  const [days, hours, minutes] = [randomInt(0, 1000), randomInt(2, 22), 5 * randomInt(3, 10)]
  return ((days * 24 + hours) * 60 + minutes) * 60_000
}

/**
 * Evaluates rules as Prometheus does while a scenario goes on. They see no later sample than the present one, and the
 * scenario begins on another day and at another hour each time.
 *
 * @param mostTime milliseconds after which the run is given up
 */
export function runRules(
  definitions: readonly GroupDefinition[],
  scenario: Scenario,
  mostTime: number = MOST_TIME,
): Run {
  const begin = START + randomDelay()
  const store = new SeriesStore()
  const settings = { store, query: queriesOver(store, { limits: LIMITS }), interval: STEP }
  const groups = definitions.map((definition) => new RuleGroup('rules.yml', definition, settings))
  const tracker = new Tracker()
  const samples = samplesOf(scenario.instances, scenario.minutes)
  let fed = 0
  const deadline = performance.now() + mostTime
  const first = (scenario.evaluatedFrom ?? FIRST_EVALUATION) * 60_000
  for (let passed = first; passed <= scenario.minutes * 60_000; passed += STEP) {
    for (; fed < samples.length && (samples[fed] as Sample).time <= passed; fed++)
      feed(store, samples[fed] as Sample, begin)
    for (const group of groups) {
      if (group.lastEvaluation !== undefined && begin + passed - group.lastEvaluation < group.interval) continue
      group.evaluate(begin + passed)
      for (const { definition, lastError } of group.rules)
        if (lastError !== undefined)
          return { episodes: tracker.episodes, error: `${definition.name}: ${lastError.message}` }
      tracker.observe(group, passed / 1000)
    }
    if (performance.now() >= deadline)
      return { episodes: tracker.episodes, error: `the rules take longer than ${mostTime / 1000} seconds` }
  }
  return { episodes: tracker.episodes, error: undefined }
}

/** A sample, or the end of its series. */
interface Sample {
  readonly labels: Labels
  /** Milliseconds since the scenario began. */
  readonly time: number
  readonly value: number | 'ended'
}

function feed(store: SeriesStore, { labels, time, value }: Sample, begin: number): void {
  if (value === 'ended') store.markEnded(labels, begin + time)
  else store.append(labels, begin + time, value)
}

const scraped = new WeakMap<readonly Instance[], readonly Sample[]>()

/** In the order of time. Scraped once, because the same scenarios are run many times while a learner tries. */
function samplesOf(instances: readonly Instance[], minutes: number): readonly Sample[] {
  const known = scraped.get(instances)
  if (known !== undefined) return known
  const samples = scrapeAll(
    instances.map((instance) => ({ ...instance, hasBuckets: false })),
    minutes,
  )
    .select([])
    .flatMap(({ labels, times, values, endedAt = [] }) => [
      ...Array.from(times, (time, i): Sample => ({ labels, time: time - START, value: values[i] as number })),
      ...endedAt.map((time): Sample => ({ labels, time: time - START, value: 'ended' })),
    ])
    .sort((a, b) => a.time - b.time)
  scraped.set(instances, samples)
  return samples
}

type MutableEpisode = { -readonly [K in keyof Episode]: Episode[K] }

/** Follows alerts from one evaluation to the next. */
class Tracker {
  readonly episodes: MutableEpisode[] = []
  /** By rule and labels. */
  readonly #open = new Map<object, Map<string, MutableEpisode>>()

  observe({ rules }: RuleGroup, second: number): void {
    for (const rule of rules) {
      if (rule.definition.kind !== 'alerting') continue
      const before = this.#open.get(rule) ?? new Map<string, MutableEpisode>()
      const now = new Map<string, MutableEpisode>()
      for (const { labels, state, annotations } of rule.alerts) {
        const known = before.get(labels.key)
        const isNew = known === undefined || (known.firedAt !== undefined && state === 'pending')
        const episode = isNew ? this.#begin(rule.definition, labels, second) : known
        if (state === 'firing') episode.firedAt ??= second
        episode.annotations = new Map(annotations)
        now.set(labels.key, episode)
      }
      for (const episode of before.values()) if (now.get(episode.labels.key) !== episode) episode.endedAt = second
      this.#open.set(rule, now)
    }
  }

  #begin(rule: AlertingDefinition, labels: Labels, second: number): MutableEpisode {
    const episode = { rule, labels, activeAt: second, firedAt: undefined, endedAt: undefined, annotations: new Map() }
    this.episodes.push(episode)
    return episode
  }
}
