import { testThatFollows } from './follow.ts'

testThatFollows('phases/1-logging/README.md')
