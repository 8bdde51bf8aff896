import { definePhase } from '../phase.ts'
import { errorLog } from './error-log.ts'
import { flushLogs } from './flush-logs.ts'
import { logDestinations } from './log-destinations.ts'
import { createLogger } from './logger.ts'
import { requestEnd } from './request-end.ts'
import { stepLog } from './step-log.ts'

export default definePhase({
  number: 1,
  title: 'Structured logging',
  logger: (options) => createLogger(options),
  plugins: [flushLogs, logDestinations, requestEnd, stepLog, errorLog],
})
