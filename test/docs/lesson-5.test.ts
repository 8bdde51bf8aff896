import { testThatFollows } from './follow.ts'

testThatFollows('phases/5-unified/README.md')
