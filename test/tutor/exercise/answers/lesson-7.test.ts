import { testAnswers } from './test-answers.ts'

await testAnswers(7)
