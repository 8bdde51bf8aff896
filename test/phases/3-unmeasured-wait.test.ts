import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'

const demo = fileURLToPath(new URL('../../phases/3-metrics/demos/unmeasured-wait.js', import.meta.url))

t.test('while the event loop is blocked, callers wait longer than the histogram shows', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [demo])
  const seconds = (name: RegExp) => Number(new RegExp(`${name.source}(\\S+)`, 'm').exec(stdout)?.[1])
  const caller = seconds(/^\/hello, as its caller sees it: /)
  const server = seconds(/^http_server_request_duration_seconds_sum\{route="\/hello"\} /)
  const lag = seconds(/^nodejs_eventloop_lag_max_seconds /)
  t.ok(caller > 0.3, `the caller waited ${caller} s`)
  t.ok(server < caller / 3, `the server measured ${server} s`)
  t.ok(lag > 0.4, `the event loop was late by ${lag} s`)
})
