/** Incoming trace context, and the expected outgoing one. */
export interface TraceContextCase {
  readonly title: string
  /** In the order sent; names may repeat. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Flags of the outgoing `traceparent`; default 03 for a new trace. */
  readonly flags?: string
  /** The outgoing `tracestate`; default none. */
  readonly state?: string
}

export const TRACE_ID = '12345678901234567890123456789012'
const PARENT_ID = '1234567890123456'

/** A list of the maximum length, which is also the beginning of a longer one. */
const MEMBERS = Array.from({ length: 33 }, (_, i) => `bar${i + 1}=${i + 1}`)
const LONGEST_KEY = 'z'.repeat(256)
const KEY_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/@'
const VALUE_CHARACTERS = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i))
  .filter((character) => character !== ',' && character !== '=')
  .join('')

function parent({ version = '00', traceId = TRACE_ID, parentId = PARENT_ID, flags = '01', more = '' }): string {
  return `${version}-${traceId}-${parentId}-${flags}${more}`
}

function traceparent(value: string): [string, string] {
  return ['traceparent', value]
}

/** Requests whose trace is continued. */
export const CONTINUED: readonly TraceContextCase[] = [
  ...['00', '01', '02', '03'].map((flags) => ({
    title: `flags ${flags} leave as they came`,
    headers: [traceparent(parent({ flags }))],
    flags,
  })),
  { title: 'flags without a meaning are not sent on', headers: [traceparent(parent({ flags: 'fd' }))], flags: '01' },
  {
    title: 'flags without a meaning, beside the random one',
    headers: [traceparent(parent({ flags: 'fe' }))],
    flags: '02',
  },
  { title: 'the name in capitals', headers: [['TRACEPARENT', parent({})]], flags: '01' },
  { title: 'the name in mixed case', headers: [['TraceParent', parent({})]], flags: '01' },
  { title: 'spaces around it', headers: [traceparent(` ${parent({})} `)], flags: '01' },
  { title: 'tabs around it', headers: [traceparent(`\t ${parent({})} \t`)], flags: '01' },
  { title: 'a version of the future', headers: [traceparent(parent({ version: 'cc' }))], flags: '01' },
  {
    title: 'a version of the future that has more parts',
    headers: [traceparent(parent({ version: 'cc', flags: '03', more: '-what-the-future-will-be-like' }))],
    flags: '03',
  },
  {
    title: 'a version of the future with tracestate',
    headers: [traceparent(parent({ version: '01', more: '-x' })), ['tracestate', 'foo=1']],
    flags: '01',
    state: 'foo=1',
  },

  ...(
    [
      ['members keep their order', ['foo=1,bar=2'], 'foo=1,bar=2'],
      ['several headers are one list', ['foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'], 'foo=1,bar=2,rojo=1,congo=2,baz=3'],
      ['a key twice with one value', ['foo=1,foo=1'], 'foo=1,foo=1'],
      ['a key twice with two values', ['foo=1,bar=0,foo=2'], 'foo=1,bar=0,foo=2'],
      ['a key in two headers', ['foo=1', 'foo=2'], 'foo=1,foo=2'],
      ['spaces and tabs around members', ['foo=1 \t , \t bar=2, \t baz=3'], 'foo=1,bar=2,baz=3'],
      ['spaces and tabs around the list', ['\t foo=1 \t'], 'foo=1'],
      ['empty members', [',foo=1,,bar=2 ,\t ,'], 'foo=1,bar=2'],
      ['an empty header', [''], undefined],
      ['an empty header after another one', ['foo=1', ''], 'foo=1'],
      ['an empty header before another one', ['', 'foo=1'], 'foo=1'],
      ['nothing but commas', [' , ,'], undefined],
      [
        '32 members',
        [MEMBERS.slice(0, 10).join(','), MEMBERS.slice(10, 32).join(', ')],
        MEMBERS.slice(0, 32).join(','),
      ],
      ['32 members and empty ones', [`${MEMBERS.slice(0, 32).join(',')},,`, ''], MEMBERS.slice(0, 32).join(',')],
      ['33 members', [MEMBERS.slice(0, 10).join(','), MEMBERS.slice(10).join(',')], undefined],
      [
        'more than 512 characters',
        [`a=${'x'.repeat(256)},b=${'y'.repeat(256)},c=1`],
        `a=${'x'.repeat(256)},b=${'y'.repeat(256)},c=1`,
      ],
      ['every character of a key', [`${KEY_CHARACTERS}=1`], `${KEY_CHARACTERS}=1`],
      ['every character of a value', [`foo=${VALUE_CHARACTERS}`], `foo=${VALUE_CHARACTERS}`],
      ['a value that begins with spaces', ['foo=  1'], 'foo=  1'],
      ['a key that begins with a digit', ['1a=1'], '1a=1'],
      ['a key of a tenant', ['fw529a3039@dt=FfffffQAAAAA'], 'fw529a3039@dt=FfffffQAAAAA'],
      ['a key that ends in @', ['foo@=1,bar=2'], 'foo@=1,bar=2'],
      ['a key with @ twice', ['foo@@bar=1,foo@bar@baz=2'], 'foo@@bar=1,foo@bar@baz=2'],
      [
        'a long tenant and a long system',
        [`${'t'.repeat(242)}@${'v'.repeat(13)}=1`],
        `${'t'.repeat(242)}@${'v'.repeat(13)}=1`,
      ],
      ['a key of 256 characters', ['foo=1', `${LONGEST_KEY}=1`], `foo=1,${LONGEST_KEY}=1`],
      ['a key of 257 characters', ['foo=1', `${LONGEST_KEY}z=1`], undefined],
      ['a key that begins with @', ['@foo=1,bar=2'], undefined],
      ['a key with a space', ['foo =1,bar=2'], undefined],
      ['a key in capitals', ['FOO=1,bar=2'], undefined],
      ['a key with a dot', ['foo.bar=1,bar=2'], undefined],
      ['a key that begins with _', ['_foo=1,bar=2'], undefined],
      ['no key', ['=1,bar=2'], undefined],
      ['no value', ['foo=,bar=3'], undefined],
      ['no equals sign', ['foo,bar=3'], undefined],
      ['an equals sign in a value', ['foo=bar=baz,bar=3'], undefined],
      ['a value of 256 characters', [`foo=${'v'.repeat(256)}`], `foo=${'v'.repeat(256)}`],
      ['a value of 257 characters', [`foo=${'v'.repeat(257)},bar=3`], undefined],
      ['a tab in a value', ['foo=1\t2,bar=3'], undefined],
      ['a character beyond ASCII', ['foo=\u00e9,bar=3'], undefined],
      ['a space beyond ASCII', ['foo=1\u00a0,bar=3'], undefined],
    ] as const
  ).map(([title, lines, state]) => ({
    title: `tracestate: ${title}`,
    headers: [traceparent(parent({ flags: '03' })), ...lines.map((line): [string, string] => ['tracestate', line])],
    flags: '03',
    ...(state === undefined ? {} : { state }),
  })),
  {
    title: 'tracestate under a name in mixed case',
    headers: [traceparent(parent({})), ['TraceState', 'foo=1']],
    flags: '01',
    state: 'foo=1',
  },
  {
    title: 'tracestate under a wrong name',
    headers: [traceparent(parent({})), ['trace-state', 'foo=1']],
    flags: '01',
  },
]

/** Requests that start a new trace. Their `tracestate` must not be propagated. */
export const RESTARTED: readonly TraceContextCase[] = [
  { title: 'no traceparent', headers: [] },
  { title: 'a wrong name', headers: [['trace-parent', parent({})]] },
  { title: 'two of them', headers: [traceparent(parent({})), traceparent(parent({ traceId: 'a'.repeat(32) }))] },
  { title: 'the same one twice', headers: [traceparent(parent({})), traceparent(parent({}))] },
  ...[
    ['nothing', ''],
    ['version 00 with more parts', parent({ more: '-what-the-future-will-be-like' })],
    ['version 00 with one character more', parent({ more: '.' })],
    ['a version of the future without a dash after the flags', parent({ version: 'cc', more: '.x' })],
    ['a version of the future that is too short', parent({ version: 'cc', flags: '0' })],
    ['version ff', parent({ version: 'ff' })],
    ['version FE', parent({ version: 'FE' })],
    ['a version that is no number', parent({ version: '.0' })],
    ['a version of three digits', parent({ version: '000' })],
    ['a version of one digit', parent({ version: '0' })],
    ['a trace id of zeros', parent({ traceId: '0'.repeat(32) })],
    ['a trace id in capitals', parent({ traceId: 'A'.repeat(32) })],
    ['a trace id with another character', parent({ traceId: `.${TRACE_ID.slice(1)}` })],
    ['a trace id that is too long', parent({ traceId: `${TRACE_ID}3` })],
    ['a trace id that is too short', parent({ traceId: TRACE_ID.slice(1) })],
    ['a parent id of zeros', parent({ parentId: '0'.repeat(16) })],
    ['a parent id in capitals', parent({ parentId: 'A'.repeat(16) })],
    ['a parent id with another character', parent({ parentId: `${PARENT_ID.slice(1)}.` })],
    ['a parent id that is too long', parent({ parentId: `${PARENT_ID}7` })],
    ['a parent id that is too short', parent({ parentId: PARENT_ID.slice(1) })],
    ['flags that are no number', parent({ flags: '.0' })],
    ['flags in capitals', parent({ flags: '0A' })],
    ['flags that are too long', parent({ flags: '001' })],
    ['flags that are too short', parent({ flags: '1' })],
  ].map(([title = '', value = '']) => ({ title, headers: [traceparent(value)] })),
].map(({ title, headers }) => ({
  title,
  headers: [...(headers as [string, string][]), ['tracestate', 'foo=1'] as const],
}))
