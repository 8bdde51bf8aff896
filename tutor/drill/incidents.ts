import type { Incident } from './incident.ts'
import blockedEventLoop from './incidents/blocked-event-loop.ts'
import cacheStampede from './incidents/cache-stampede.ts'
import hungReplica from './incidents/hung-replica.ts'
import labelExplosion from './incidents/label-explosion.ts'
import lostContext from './incidents/lost-context.ts'
import missingIndex from './incidents/missing-index.ts'
import nPlusOne from './incidents/n-plus-one.ts'
import retryStorm from './incidents/retry-storm.ts'
import slowPartner from './incidents/slow-partner.ts'
import twoAtOnce from './incidents/two-at-once.ts'

/** All incidents, ordered by id. */
export const incidents: readonly Incident<unknown>[] = [
  nPlusOne,
  cacheStampede,
  slowPartner,
  blockedEventLoop,
  labelExplosion,
  lostContext,
  retryStorm,
  missingIndex,
  hungReplica,
  twoAtOnce,
]

export function findIncident(idOrName: string): Incident<unknown> | undefined {
  return incidents.find(({ id, name }) => id === idOrName || name === idOrName)
}
