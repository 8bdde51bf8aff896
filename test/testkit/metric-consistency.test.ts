import t from 'tap'
import { type Fault, findsFaults } from '../../testkit/example-metrics.ts'

const faults: readonly Fault[] = [
  ['prometheus', ['h_count 2', 'h_count 3'], /h: the \+Inf bucket is not _count/],
  ['prometheus', ['h_bucket{le="+Inf"} 2\n', ''], /\+Inf bucket is missing/],
  ['prometheus', ['h_bucket{le="0.5"} 1', 'h_bucket{le="0.5"} 3'], /not cumulative/],
  ['prometheus', ['h_bucket{le="0.5"} 1', 'h_bucket{le="0.5"} 1\nh_bucket{le="0.1"} 1'], /out of order/],
  ['prometheus', ['h_bucket{le="0.5"}', 'h_bucket'], /a bucket without le/],
  ['prometheus', ['h_sum 3.5\n', ''], /_sum is missing/],
  ['prometheus', ['untyped_thing', 'c{a="y"} 1\nuntyped_thing'], /a sample comes twice/],
  ['prometheus', ['1e3', '-1'], /negative or NaN/],
  ['openmetrics', ['c_seconds_total{', 'c_seconds{'], /c_seconds: the samples of a counter end in _total/],
  ['openmetrics', ['h_sum 3.5', 'h_sum 3.5 # {} 1'], /exemplar on neither/],
  ['openmetrics', ['# {} 0.25', '# {} 0.75'], /above its bucket/],
  ['openmetrics', ['build_info{version="1"} 1', 'build_info{version="1"} 2'], /an info is not 1/],
  ['openmetrics', ['quantile="0.5"', 'quantile="2"'], /not a quantile/],
]

findsFaults(t, faults)
