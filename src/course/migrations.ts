/**
 * The folder of SQL that drizzle-kit wrote. tsc does not copy it, so the compiled program, which is
 * `dist/src/course/migrations.js`, reads it from the sources. Wherever `dist/` goes, `src/course/migrations/` goes too.
 */
export const migrations = new URL('../../../src/course/migrations/', import.meta.url)
