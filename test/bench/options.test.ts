import t from 'tap'
import { OptionError, readOptions } from '../../bench/options.ts'

const names = (...args: string[]) => readOptions(args).subjects.map(({ name }) => name)

t.test('a path that only HTTP has leaves out subjects that only serve courses', async (t) => {
  t.ok(names().includes('grpc'), 'on all paths it is there')
  t.same(names('--path', '/hello', '--only', 'phase0,grpc,gateway'), ['phase0'])
  t.same(names('--path', '/hello,/v1/courses/{course_id}', '--only', 'phase0,grpc'), ['phase0', 'grpc'])
})

t.test('when no subject is left, the error names the remedy', async (t) => {
  t.throws(
    () => readOptions(['--path', '/hello', '--only', 'grpc']),
    new OptionError("grpc cannot be measured on /hello. Add --path '/v1/courses/{course_id}'"),
  )
})

t.test('a profile uses a path that the subject has', async (t) => {
  t.same(readOptions(['--profile', 'grpc']).paths, ['/v1/courses/{course_id}'])
  t.same(readOptions(['--profile', 'phase5']).paths, ['/hello'])
})

t.test('rejects invalid numbers', async (t) => {
  for (const [name, ...values] of [
    ['rounds', '0', 'abc', '1.5', '0x10', '-1', ''],
    ['connections', '0', '1e9', 'Infinity'],
    ['seconds', '0', 'NaN', '3s'],
  ] as [string, ...string[]][])
    for (const value of values) {
      const refusal = new OptionError(`--${name} ${value} does not work: it takes a number greater than 0`)
      t.throws(() => readOptions([`--${name}=${value}`]), refusal)
    }
  t.equal(readOptions(['--seconds', '.5']).seconds, 0.5)
})
