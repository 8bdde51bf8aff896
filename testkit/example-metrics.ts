import type { Test } from 'tap'
import type { Format } from './metric-family.ts'
import { parseMetrics } from './openmetrics.ts'

/** An example of everything that the formats allow. */
export const goodMetrics: Record<Format, string> = {
  prometheus: `# a comment

# HELP c Help with \\\\ and \\n.
# TYPE c counter
c{a="x",b="\\\\ \\" \\n",} 1 1395066363000
c { a = "y" } 1e3
untyped_thing NaN
# TYPE h histogram
h_bucket{le="0.5"} 1
h_bucket{le="+Inf"} 2
h_sum 3.5
h_count 2
`,
  openmetrics: `# TYPE c_seconds counter
# UNIT c_seconds seconds
# HELP c_seconds Says \\"help\\".
c_seconds_total{a="x"} 1 1.5 # {trace_id="ab"} 0.25 1520879607.789
c_seconds_created{a="x"} 1520430000.123
# TYPE h histogram
h_bucket{le="0.5"} 1 # {} 0.25
h_bucket{le="+Inf"} 2
h_sum 3.5
h_count 2
# TYPE build info
build_info{version="1"} 1
# TYPE s summary
s{quantile="0.5"} 1
s_count 1
s_sum 1
# EOF
`,
}

/** A change that makes a valid text invalid, and the expected error. */
export type Fault = readonly [format: Format, change: readonly [from: string, to: string], message: RegExp]

/** Checks in a subtest for each fault that it is found. */
export function findsFaults(t: Test, faults: readonly Fault[]): void {
  for (const [format, [from, to], message] of faults) {
    t.test(`${format} with ${JSON.stringify(to)} for ${JSON.stringify(from)}`, async (t) => {
      const text = goodMetrics[format].replace(from, to)
      t.not(text, goodMetrics[format], 'the fault is in the text')
      t.throws(() => parseMetrics(text, format), { message })
    })
  }
}
