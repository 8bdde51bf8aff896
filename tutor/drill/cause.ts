import type { LogLine } from '../../testkit/log-file.ts'
import type { Asked } from './ask-command.ts'
import type { Trace, TraceStore } from './trace-store.ts'

/** What a piece of evidence shows of a cause, and a sentence that says why. */
export interface Showing {
  readonly shows: 'cause' | 'symptom' | 'nothing'
  readonly because: string
}

/** Part of a cause, which an answer has to name in some wording. */
export interface Term {
  /** Synonyms, tried on text in lower case. */
  readonly words: RegExp
  /** Asked when it is missing. Must not tell the answer. */
  readonly missing: string
}

/** The words that name a cause, and the evidence that shows it. */
export interface Cause {
  /** Shown once the cause is found. */
  readonly name: string
  readonly terms: readonly Term[]
  /** The well-known causes that may be named along with it. */
  readonly related: readonly KnownCause[]
  /** Without it, no trace shows the cause; so with the others. */
  trace?(trace: Trace, traces: TraceStore): Showing
  line?(line: LogLine, traces: TraceStore): Showing
  query?(asked: Asked): Showing
}

/** A wrong answer that is near at hand, and what speaks against it. */
export interface Misleading {
  readonly words: RegExp
  readonly but: string
}

export const shows = (because: string): Showing => ({ shows: 'cause', because })
export const symptom = (because: string): Showing => ({ shows: 'symptom', because })
export const nothing = (because: string): Showing => ({ shows: 'nothing', because })

export type KnownCause = keyof typeof KNOWN_CAUSES

/** Causes that people name. An answer that names one too many is a list, and no answer. */
const KNOWN_CAUSES = {
  'an N+1 query': /n ?\+ ?1\b/,
  'a cache stampede': /stampede|thundering herd|dog.?pil/,
  'a missing index':
    /(missing|dropped|no|lacks? an) index|index (is|was|has been) (missing|dropped|gone|removed)|(full|seq\w*) (table )?scan/,
  'an exhausted connection pool':
    /pool (is |was )?(exhausted|too small|used up|empty)|connections? (leak|run out|ran out)/,
  'a lock': /dead ?lock|lock contention|row locks?\b/,
  'a blocked event loop': /event.?loop (is |was |gets )?block|block(s|ed|ing)? the (event.?loop|(main )?thread)/,
  'garbage collection': /garbage|\bgc\b/,
  'a memory leak': /memory leak|leaks? memory|out of memory/,
  'unbounded label values': /cardinality|label explosion|unbounded label/,
  'a lost trace context': /(lost|missing|dropped) (trace )?context|traceparent/,
  'a retry storm': /retry storm|retries multiply|nested retries/,
  'more traffic':
    /(more|too many|increased?|higher|spike in|burst of) (requests|traffic|customers|users|load)|traffic (spike|peak)|ddos/,
  'the network': /network (is|was|has|got|problem|latency)|packet loss|\bdns\b/,
  'a slow database': /database (is|was|has become|became|got) (slow|overloaded|down)|slow database/,
  'a full disk': /disk (is |was )?(full|slow)/,
  'a slow or failing service':
    /(service|provider|partner|registry|upstream|third.?party|replica)\b.{0,30}\b(is|was|has become|became|got|gets|does|did|answers?)\b.{0,20}(slow|down|fail|hang|overload|503|unavailable)/,
  'a timeout that is too short': /time-?out (is |was )?(too )?(short|low)|short(er)? time-?out/,
} as const

/** Clauses that rule something out are not read as if they claimed it. */
const RULED_OUT =
  /\b(not|isn['’]t|wasn['’]t|doesn['’]t|don['’]t|didn['’]t|no longer|neither|nor|never|rather than|instead of|harmless|unrelated|innocent|coinciden\w*|red herring|rules? out|ruled out|fine|normal|idle|healthy|no (more|other|extra)|as many|as before|unchanged|only a symptom)\b/

/** What an answer claims, without what it rules out. In lower case. */
export function claimsIn(text: string): string {
  const clauses = text.toLowerCase().split(/[.;!?](?=\s|$)|,|\bbut\b|\bbecause\b/)
  return clauses.filter((clause) => !RULED_OUT.test(clause)).join(' · ')
}

/** The well-known causes that an answer claims, `related` ones left out. */
export function otherCausesIn(text: string, related: readonly KnownCause[]): KnownCause[] {
  const claims = claimsIn(text)
  return (Object.keys(KNOWN_CAUSES) as KnownCause[]).filter(
    (name) => !related.includes(name) && KNOWN_CAUSES[name].test(claims),
  )
}
