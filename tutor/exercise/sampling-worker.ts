/** Runs the sampler of exercise 5.1 as another service would, without shared memory. */
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { sampledService } from './sampled-service.ts'

type Module = typeof import('../../phases/5-unified/solutions/5.1-sampling-that-keeps-errors.ts')

const { modulePath, traceIds } = workerData as { modulePath: string; traceIds: readonly string[] }
const { TailSampler } = (await import(pathToFileURL(modulePath).href)) as Module
const service = sampledService(TailSampler)
for (const traceId of traceIds) service.serve(traceId, ['unset', 'unset', 'ok'])
parentPort?.postMessage(traceIds.filter((traceId) => service.spansOf(traceId) > 0))
