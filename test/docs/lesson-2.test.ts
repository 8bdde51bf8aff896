import { testThatFollows } from './follow.ts'

testThatFollows('phases/2-request-logging/README.md')
