import { Type } from 'typebox'
import { explainPattern } from '../platform/validator.ts'
import { exampleIds } from './seed-data.ts'

/** Control characters, which PostgreSQL cannot store or a log cannot show. */
const CONTROL = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f'
/** Line breaks, and characters that reverse the reading direction and so make text look like other text. */
const BREAKS = '\\u0009\\u000a\\u000d\\u0085\\u2028\\u2029'
const BIDIRECTIONAL = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069'
/** Characters without a glyph: spaces, joiners, fillers, variation selectors. */
const INVISIBLE =
  '\\s\\u00ad\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200d\\u2060-\\u2065\\u206a-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0'

const inLine = `${CONTROL}${BREAKS}${BIDIRECTIONAL}`
/** One line of text with at least one visible character. */
const line = `^[^${inLine}]*[^${inLine}${INVISIBLE}][^${inLine}]*$`
/** Text with optional line breaks and tabs. */
const paragraphs = `^[^${CONTROL}]*$`

explainPattern(line, 'must be one line of visible text, without control or direction characters')
explainPattern(paragraphs, 'must be text without control characters')

export const Line = (maxLength: number, options: Record<string, unknown> = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: line, ...options })

/** The length excludes `urn:uuid:…`, which the format would allow. */
export const Uuid = (example: string, description?: string) =>
  Type.String({ format: 'uuid', maxLength: 36, examples: [example], ...(description ? { description } : {}) })

/** The subset of RFC 3339 that the service accepts. The format alone would accept other years, leap seconds and `+01`. */
const instant = {
  format: 'date-time',
  pattern: '^(19[7-9]|[2-9]\\d\\d)\\d-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:[0-5]\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d)$',
}
explainPattern(
  instant.pattern,
  'must be a time from 1970 to 9999 with Z or an offset such as +01:00, and not a leap second',
)

export const Instant = (options: Record<string, unknown> = {}) => Type.String({ ...instant, ...options })

export const NullableInstant = (options: Record<string, unknown> = {}) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...instant, ...options })

/** The paging parameters of a list. */
export const pageQuery = {
  page_size: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'How many at most.' }),
  page_token: Type.Optional(
    Type.String({
      maxLength: 256,
      description: '`next_page_token` of the page before. Leave it out for the first page.',
    }),
  ),
}

export const NextPageToken = Type.String({ description: 'Gets the next page. Empty at the end of the list.' })

export const CourseParams = Type.Object({ course_id: Uuid(exampleIds.course, 'The course.') })

const Slug = Type.String({
  minLength: 3,
  maxLength: 100,
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  description: 'Names the course in URLs: lower-case words and digits, joined by hyphens. Unique.',
  examples: ['observability-with-node'],
})
const Name = Line(200, { examples: ['Observability with Node.js'] })
const Description = Type.String({
  maxLength: 5000,
  pattern: paragraphs,
  examples: ['Logs, metrics and traces, one step at a time.'],
})
const PublishedAt = (leftOut = '') =>
  NullableInstant({
    description: `From when on the course can be booked. Null keeps it a draft.${leftOut}`,
    examples: ['2025-01-06T09:00:00.000Z'],
  })

export const Price = Type.Integer({
  minimum: 0,
  maximum: 1_000_000_000,
  description: 'In minor units of the currency: 4900 is 49.00.',
  examples: [4900],
})
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.', examples: ['EUR'] })

const batchFields = {
  name: Line(200, { examples: ['Spring, mornings'] }),
  starts_at: Instant({ examples: ['2035-03-05T09:00:00.000Z'] }),
  ends_at: Instant({ description: 'Later than `starts_at`.', examples: ['2035-03-30T12:00:00.000Z'] }),
  max_seats: Type.Integer({ minimum: 1, maximum: 100_000, examples: [20] }),
  price: Price,
  currency: Currency,
}

const Batch = Type.Object(
  {
    batch_id: Uuid(exampleIds.batch),
    ...batchFields,
    available_seats: Type.Integer({ description: 'Seats that can be reserved right now.', examples: [12] }),
  },
  { title: 'Batch' },
)

export const Course = Type.Object(
  {
    course_id: Uuid(exampleIds.course),
    slug: Slug,
    name: Name,
    description: Description,
    published_at: PublishedAt(),
    created_at: Instant(),
    updated_at: Instant(),
    batches: Type.Optional(Type.Immutable(Type.Array(Batch, { description: 'By start, earliest first.' }))),
  },
  { title: 'Course', description: 'The course with its batches.' },
)

export const NewCourse = Type.Object(
  {
    slug: Slug,
    name: Name,
    description: Type.Optional(Description),
    published_at: Type.Optional(PublishedAt(' Left out: now.')),
    batches: Type.Optional(
      Type.Array(Type.Object(batchFields, { additionalProperties: false }), {
        maxItems: 100,
        description: 'The runs of the course. They are given here, once; a course without any cannot be booked.',
      }),
    ),
  },
  {
    title: 'NewCourse',
    additionalProperties: false,
    examples: [
      {
        slug: 'observability-with-node',
        name: 'Observability with Node.js',
        description: 'Logs, metrics and traces, one step at a time.',
        batches: [
          {
            name: 'Spring, mornings',
            starts_at: '2035-03-05T09:00:00Z',
            ends_at: '2035-03-30T12:00:00Z',
            max_seats: 20,
            price: 4900,
            currency: 'EUR',
          },
        ],
      },
    ],
  },
)

export const CourseChanges = Type.Object(
  {
    slug: Type.Optional(Slug),
    name: Type.Optional(Name),
    description: Type.Optional(Description),
    published_at: Type.Optional(PublishedAt()),
  },
  {
    title: 'CourseChanges',
    additionalProperties: false,
    minProperties: 1,
    description: 'Only what is given changes. `published_at: null` makes the course a draft again.',
    examples: [{ name: 'Observability with Node.js, second edition' }],
  },
)
