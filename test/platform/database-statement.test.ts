import t from 'tap'
import { describe } from '../../src/platform/statement.ts'

const cases: [text: string, operation: string, table: string][] = [
  ['select "course_id" from "courses" where "slug" = $1', 'SELECT', 'courses'],
  ['SELECT * FROM public.courses', 'SELECT', 'courses'],
  ['select (select count(*) from "batches") from "courses"', 'SELECT', 'courses'],
  ['select * from (select * from "batches") as b', 'SELECT', 'batches'],
  ['select 1', 'SELECT', ''],
  ["select 'from nowhere' from courses", 'SELECT', 'courses'],
  ['-- from comment\nselect * from courses', 'SELECT', 'courses'],
  ['insert into "bookings" ("status") values ($1) on conflict do update set "status" = $2', 'INSERT', 'bookings'],
  ['insert into "bookings" select * from "courses"', 'INSERT', 'bookings'],
  ['update "batches" set "available_seats" = "available_seats" - 1 where "batch_id" = $1', 'UPDATE', 'batches'],
  ['update only batches set x = (select 1 from courses)', 'UPDATE', 'batches'],
  ['delete from "bookings" where exists (select 1 from "courses")', 'DELETE', 'bookings'],
  ['with "page" as (select * from "courses") select * from "page" left join "batches" on true', 'SELECT', 'courses'],
  ['with x as materialized (select * from courses) select * from x', 'SELECT', 'courses'],
  [
    'with "moved" as (update "bookings" set "status" = $1 returning *) update "batches" set "n" = 1 from "moved"',
    'UPDATE',
    'batches',
  ],
  [
    'with a as (select 1), b as (delete from courses returning *) insert into bookings select * from b',
    'INSERT',
    'bookings',
  ],
  ['select "published_at" from "courses" where "course_id" = $1 for update', 'SELECT', 'courses'],
  ['begin', 'BEGIN', ''],
  ['set transaction isolation level serializable', 'SET', ''],
  ['CREATE TABLE IF NOT EXISTS "drizzle"."__drizzle_migrations" (id serial)', 'CREATE', '__drizzle_migrations'],
  ['CREATE UNIQUE INDEX "courses_slug" ON "courses" USING btree ("slug")', 'CREATE', 'courses'],
  ['ALTER TABLE "batches" ADD CONSTRAINT "x" FOREIGN KEY ("a") REFERENCES "courses"("a")', 'ALTER', 'batches'],
]

for (const [text, operation, table] of cases) {
  t.test(text.replaceAll('\n', ' '), async (t) => {
    t.same(describe(text), { operation, table })
    t.equal(describe(text), describe(text), 'read once')
  })
}
