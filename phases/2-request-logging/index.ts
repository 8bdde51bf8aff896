import logging from '../1-logging/index.ts'
import { createLogger } from '../1-logging/logger.ts'
import { bookingLog } from '../booking/booking-log.ts'
import { definePhase } from '../phase.ts'
import { outgoingId } from './outgoing-id.ts'
import { refusalLog } from './refusal-log.ts'
import { requestId } from './request-id.ts'
import { requestLog } from './request-log.ts'
import { currentFields, requestScope } from './request-scope.ts'
import { rpcLog } from './rpc-log.ts'
import { storageLog } from './storage-log.ts'

export default definePhase({
  number: 2,
  title: 'Request logging',
  logger: (options) => createLogger(options, currentFields),
  plugins: [
    ...logging.plugins,
    requestId,
    requestScope,
    outgoingId,
    requestLog,
    refusalLog,
    storageLog,
    bookingLog,
    rpcLog,
  ],
})
