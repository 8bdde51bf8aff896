import { testThatFollows } from './follow.ts'

testThatFollows('phases/4-tracing/README.md')
