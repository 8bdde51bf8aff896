import type { Fault, ParametersOf } from '../fault.ts'
import { missingIndex } from './missing-index.ts'
import { shortTimeout } from './short-timeout.ts'

/** Two faults that have nothing to do with each other begin at the same time. */
export const twoAtOnce: Fault<ParametersOf<typeof missingIndex> & ParametersOf<typeof shortTimeout>> = {
  parameters: (random) => ({ ...missingIndex.parameters(random), ...shortTimeout.parameters(random) }),

  plugin: async (app, options) => {
    await missingIndex.plugin(app, options)
    await shortTimeout.plugin(app, options)
  },
}
