import t from 'tap'
import { type CpuProfile, selfTimes } from '../../bench/cpu-profile.ts'

const root = 'file:///app/'

const profile: CpuProfile = {
  startTime: 1000,
  nodes: [
    node(1, '(idle)', ''),
    node(2, 'write', 'file:///app/node_modules/pino/lib/proto.js', 9),
    node(3, 'write', 'file:///app/node_modules/pino/lib/proto.js', 9),
    node(4, 'get', 'file:///app/node_modules/a/node_modules/@scope/b/index.js'),
    node(5, 'emit', 'node:events'),
    node(6, 'hook', 'file:///app/dist/phases/3-metrics/http-metrics.js'),
    node(7, 'writev', ''),
  ],
  samples: [2, 3, 1, 4, 5, 6, 7, 2],
  timeDeltas: [100, 50, 10, 1000, 20, 30, 40, 70],
}

t.test('adds up self times by function and by package', async (t) => {
  const { functions, packages, busyMicros } = selfTimes(profile, 0, Number.POSITIVE_INFINITY, root)
  t.equal(busyMicros, 50 + 10 + 20 + 30 + 40 + 70, 'idle time does not count, the last sample has no length')
  t.same(functions.slice(0, 2), [
    { name: 'writev', micros: 70 },
    { name: 'write node_modules/pino/lib/proto.js:10', micros: 60 },
  ])
  t.same(Object.fromEntries(packages.map(({ name, micros }) => [name, micros])), {
    pino: 60,
    '@scope/b': 20,
    node: 30,
    'dist/phases/3-metrics': 40,
    '(native)': 70,
  })
})

t.test('only samples within the requested period count', async (t) => {
  const { busyMicros } = selfTimes(profile, 1100, 1160, root)
  t.equal(busyMicros, 50 + 10)
})

function node(id: number, functionName: string, url: string, lineNumber = 0) {
  return { id, callFrame: { functionName, url, lineNumber } }
}
