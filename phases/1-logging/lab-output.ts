import type { LabFeed } from '../../lab/feed.ts'
import type { Output } from './line-writer.ts'

/** Shows the log in the Lab: one more place that lines are written to, beside the console and the file. */
export function labOutput(lab: LabFeed): Output {
  return {
    name: 'the Lab',
    append: async (bytes) => lab.lines(bytes),
    appendSync: () => {}, // the process ends, and the Lab with it
  }
}
