import { defineConfig } from 'drizzle-kit'

// `npx drizzle-kit generate --name what-changes` compares the schema with the last migration and writes the next.
export default defineConfig({ dialect: 'postgresql', schema: './src/course/schema.ts', out: './src/course/migrations' })
