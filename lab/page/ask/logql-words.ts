/** The words of LogQL, with what they do. https://grafana.com/docs/loki/latest/query/ */

export const rangeFunctions: Readonly<Record<string, string>> = {
  rate: 'Lines per second. Behind unwrap: the sum of the numbers per second.',
  count_over_time: 'The number of lines in the range.',
  bytes_rate: 'Bytes per second.',
  bytes_over_time: 'The bytes of all lines in the range.',
  sum_over_time: 'The sum of the unwrapped numbers.',
  avg_over_time: 'The average of the unwrapped numbers.',
  min_over_time: 'The smallest of the unwrapped numbers.',
  max_over_time: 'The largest of the unwrapped numbers.',
  quantile_over_time: 'A quantile of the unwrapped numbers: quantile_over_time(0.95, … | unwrap latency [5m]).',
  stddev_over_time: 'The standard deviation of the unwrapped numbers.',
  stdvar_over_time: 'The variance of the unwrapped numbers.',
  first_over_time: 'The first of the unwrapped numbers.',
  last_over_time: 'The last of the unwrapped numbers.',
  rate_counter: 'The per-second rate of the unwrapped numbers, which are those of a counter.',
  absent_over_time: '1 when there is no line in the range, otherwise nothing.',
}

export const aggregations: Readonly<Record<string, string>> = {
  sum: 'Adds up series: sum by (route) (…).',
  avg: 'The average of series.',
  min: 'The smallest of series.',
  max: 'The largest of series.',
  count: 'The number of series.',
  topk: 'The largest k series: topk(3, …).',
  bottomk: 'The smallest k series: bottomk(3, …).',
  stddev: 'The standard deviation of series.',
  stdvar: 'The variance of series.',
  sort: 'Sorts series by value, the smallest first.',
  sort_desc: 'Sorts series by value, the largest first.',
}

export const stages: Readonly<Record<string, string>> = {
  json: 'Parses the line as JSON: every member becomes a label. json a="b.c" takes one member.',
  logfmt: 'Parses key=value pairs: every key becomes a label.',
  pattern: 'Takes the line apart by a pattern: pattern "<method> <path> <_>".',
  regexp: 'Takes the line apart by a regular expression with named groups: regexp "(?P<code>\\\\d+)".',
  unwrap:
    'Takes a label as the number of the line, for functions such as sum_over_time. duration(…) and bytes(…) convert.',
  line_format: 'Replaces the line: line_format "{{.route}} took {{.latency}} ms".',
  label_format: 'Sets or renames labels: label_format path=route.',
  drop: 'Drops labels.',
  keep: 'Drops all other labels.',
  decolorize: 'Removes codes for colours from the line.',
}

export const filters: Readonly<Record<string, string>> = {
  '|=': 'Keeps lines that contain a text.',
  '!=': 'Keeps lines that do not contain a text.',
  '|~': 'Keeps lines that match a regular expression.',
  '!~': 'Keeps lines that do not match a regular expression.',
}

export const groupings: Readonly<Record<string, string>> = {
  by: 'Only these labels are kept.',
  without: 'All labels except these are kept.',
}
